//! What each test found: one struct for each, with what that test has and nothing else.

use super::{
    ContrastEffect, Effect, Leaning, Level, LogprobFinding, Order, ResidualCounts, ShapeFinding,
    Strongest, Test,
};
use crate::eprocess::Checkpoint;
use crate::interval::Interval;
use crate::tail::{Log10E, Log10P, Method};
use crate::weights::{WeightSource, Weighting};
use serde::{Deserialize, Serialize};

/// What a test found, by its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "test")]
pub enum Found {
    /// The plain sum of scores.
    T1(T1),
    /// The sum weighted by window.
    T2(T2),
    /// The residual.
    T2r(T2r),
    /// The e-process.
    T3(T3),
    /// The e-process over the log that the tested key marked.
    T3r(T3r),
    /// The line-up.
    T5(T5),
    /// The contrast.
    T6(T6),
    /// The shape.
    T8(T8),
    /// Log-probabilities.
    T9(Box<T9>),
}

/// The plain sum of scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T1 {
    /// The sum of scores, in green cells, nats or one bits.
    pub statistic: f64,
    /// What the null expects of it.
    pub expected: f64,
    /// How strong the dependence on the key is; nothing where too few cells were scored, or their words depend on each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Where the engine's keys are related: how many others the key was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoys: Option<u64>,
}

/// The sum of scores weighted by window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T2 {
    /// The sum of scores, each times its weight.
    pub statistic: f64,
    /// What the null expects of it.
    pub expected: f64,
    /// λ of the second form of the weights, which has no background, where that came to less; without it the first did. Where two were tried
    /// the p-value is twice its.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<f64>,
    /// What the weights were made from, as seen by this key.
    pub weights: WeightSource,
    /// The rule and its parameters.
    pub weighting: Weighting,
    /// Cells and mean score by weight.
    pub levels: Vec<Level>,
    /// Which bound of the tail was the smallest.
    pub method: Method,
}

/// The residual: weighted by how much more often than expected the suspect produced a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T2r {
    /// The sum of scores, each times its weight.
    pub statistic: f64,
    /// What the null expects of it.
    pub expected: f64,
    /// Which form of weights came to less, of three that were tried: the p-value is three times its.
    #[serde(default)]
    pub leaning: Leaning,
    /// The least λ of that form, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<f64>,
    /// What was counted.
    pub counts: ResidualCounts,
    /// What windows were weighed by, where they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightSource>,
    /// The same: the rule and its parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighting: Option<Weighting>,
    /// Cells and mean score by weight.
    pub levels: Vec<Level>,
    /// Which bound of the tail was the smallest.
    pub method: Method,
}

/// The e-process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T3 {
    /// Where it was largest.
    pub supremum: Checkpoint,
    /// log10 E at the end: the only one of its values that is an e-value.
    pub log10_e: Log10E,
    /// What bets were in proportion to, where they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightSource>,
    /// The same: the rule and its parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighting: Option<Weighting>,
    /// What says that the order of the answers was fixed without the key.
    #[serde(default)]
    pub order: Order,
}

/// The e-process over the log that the tested key marked, read by first visits.
///
/// Sequential in the log, not in the suspect's answers: how many answers are asked for is fixed beforehand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T3r {
    /// Where in the log it was largest: to look at, and not what the p-value goes by.
    pub supremum: Checkpoint,
    /// log10 E at the log's end, an e-value; the p-value is 1/E.
    pub log10_e: Log10E,
    /// What cells were weighed by: first visits in the key's own log.
    pub weights: WeightSource,
    /// Which half of the bets came to more.
    pub leaning: Leaning,
    /// log10 of the half that follows, at the end, as if all the stake were its own.
    pub log10_e_follow: Log10E,
    /// The same of the half that leans.
    pub log10_e_lean: Log10E,
    /// What was counted; `above` are the cells that were bet on.
    pub counts: ResidualCounts,
    /// Windows of the log that were read.
    pub windows_read: u64,
    /// Windows of the background, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_windows: Option<u64>,
}

/// The line-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T5 {
    /// The key's rank, 1 being the highest.
    pub rank: u64,
    /// How many decoys.
    pub decoys: u64,
    /// The highest statistic that a decoy reached, in T1's unit.
    pub best_decoy: f64,
}

/// The contrast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T6 {
    /// By how much the tested key's scores exceed the control's; 0 is expected.
    pub statistic: f64,
    /// Public id of the control.
    pub control_id: String,
    /// Cells whose scores differ by a step or more: those that count.
    pub discordant: u64,
    /// How much more the answers depend on the tested key; nothing where too few cells were scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<ContrastEffect>,
}

/// The shape of the uniforms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T8 {
    /// Ranks that were looked at: the largest words up to here.
    pub looked_at: u64,
    /// log10 of the smallest level: the statistic. **Not a p-value**: it is the smallest of many.
    pub log10_smallest: f64,
    /// The cells that stand out most; nothing where no cell was scored.
    pub strongest: Option<Strongest>,
}

/// Log-probabilities.
///
/// The p-value uses that all words are independent. The e-value needs less (for `green`, only that words of different windows are),
/// can be merged with other audits', and is usually the weaker of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct T9 {
    /// The weighted sum of scores, in weights of 1 times the printed unit.
    pub statistic: f64,
    /// What the null expects of it.
    pub expected: f64,
    /// Distinct windows.
    pub windows: u64,
    /// Which bound of the tail was the smallest.
    pub method: Method,
    /// log10 of the e-value.
    pub log10_e: Log10E,
    /// Hoeffding's bound of the same p-value, where scores are bounded: a check by a formula that fits on a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_p_hoeffding: Option<Log10P>,
    /// The share of the suspect's mass that is green, or its mean score, each distinct window counting by its listed mass.
    pub mass: f64,
    /// The same without dependence on the key.
    pub mass_null: f64,
    /// An interval of it that holds with probability 0.95 whatever the dependence within windows; for bounded scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_interval: Option<Interval>,
    /// The smallest mass that so many windows would show with power 0.9.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_smallest_visible: Option<f64>,
    /// Whether weights are differences to a reference model.
    pub residual: bool,
}

impl Found {
    /// Which test.
    #[must_use]
    pub fn test(&self) -> Test {
        match self {
            Self::T1(_) => Test::T1,
            Self::T2(_) => Test::T2,
            Self::T2r(_) => Test::T2r,
            Self::T3(_) => Test::T3,
            Self::T3r(_) => Test::T3r,
            Self::T5(_) => Test::T5,
            Self::T6(_) => Test::T6,
            Self::T8(_) => Test::T8,
            Self::T9(_) => Test::T9,
        }
    }
}

impl From<&ShapeFinding> for T8 {
    fn from(shape: &ShapeFinding) -> Self {
        Self {
            looked_at: shape.looked_at,
            log10_smallest: shape.log10_smallest,
            strongest: shape.strongest,
        }
    }
}

impl From<&LogprobFinding> for T9 {
    fn from(found: &LogprobFinding) -> Self {
        Self {
            statistic: found.statistic,
            expected: found.expected,
            windows: found.windows,
            method: found.method,
            log10_e: found.log10_e,
            log10_p_hoeffding: found.log10_p_hoeffding,
            mass: found.mass,
            mass_null: found.mass_null,
            mass_interval: found.mass_interval,
            mass_smallest_visible: found.mass_smallest_visible,
            residual: found.residual,
        }
    }
}
