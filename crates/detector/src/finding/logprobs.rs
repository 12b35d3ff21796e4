//! What a finding of T9 carries.

use crate::interval::Interval;
use crate::tail::{Log10E, Log10P, Method};
use serde::{Deserialize, Serialize};

/// The result of T9 under one key.
///
/// The p-value is the headline: it uses that all words are independent. The e-value needs less (for `green`, only that words of different
/// windows are), can be merged with other audits', and is usually the weaker of the two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogprobFinding {
    /// Distinct windows.
    pub windows: u64,
    /// Distinct cells: a window with one of the tokens that have mass.
    pub cells: u64,
    /// X, the weighted sum of scores, in weights of 1 times the printed unit.
    pub statistic: f64,
    /// What the null expects of it.
    pub expected: f64,
    /// log10 of the p-value: an upper bound of the chance that a random key gives as much.
    pub log10_p: Log10P,
    /// Which bound of the tail was the smallest.
    pub method: Method,
    /// log10 of the e-value: bets (`green`, `tournament`) or tilts (Gumbel).
    pub log10_e: Log10E,
    /// Hoeffding's bound of the same p-value, where scores are bounded: a check by a formula that fits on a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_p_hoeffding: Option<Log10P>,
    /// The share of the suspect's mass that is green, or its mean score, each distinct window counting by its listed mass.
    pub mass: f64,
    /// The same without dependence on the key.
    pub mass_null: f64,
    /// An interval of it that holds with probability 0.95 whatever the dependence within windows (Hoeffding); for bounded scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_interval: Option<Interval>,
    /// The smallest mass that so many windows would show with power 0.9 if they counted in proportion to it, by the normal approximation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_smallest_visible: Option<f64>,
    /// Whether weights are differences to a reference model.
    pub residual: bool,
}
