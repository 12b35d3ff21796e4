//! What a finding of T8 carries.

use crate::tail::Log10P;
use serde::{Deserialize, Serialize};

/// The result of T8 under one key.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShapeFinding {
    /// Distinct cells.
    pub cells: u64,
    /// Ranks that were looked at: the largest words up to here.
    pub looked_at: u64,
    /// log10 of the smallest π(i): the statistic. **Not a p-value**: it is the smallest of many.
    pub log10_smallest: f64,
    /// log10 of the p-value.
    pub log10_p: Log10P,
    /// Where π(i) was smallest; nothing where no cell was scored.
    pub strongest: Option<Strongest>,
}

/// The cells that stand out most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Strongest {
    /// How many cells.
    pub cells: u64,
    /// Their smallest score in nats.
    pub score: f64,
    /// How many cells a random key is expected to lift so high.
    pub expected: f64,
}
