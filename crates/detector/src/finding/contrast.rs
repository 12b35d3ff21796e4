//! What a finding of T6 carries.

use crate::interval::Interval;
use serde::{Deserialize, Serialize};

/// The effect of a contrast, per distinct cell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContrastEffect {
    /// What is measured.
    pub measure: ContrastMeasure,
    /// Its value in these answers.
    pub value: f64,
    /// Its value if both keys matter as much: 0 for differences, 1 for the ratio.
    pub null: f64,
    /// The tested key's own green rate, mean score or rate of one bits.
    pub tested: f64,
    /// The control's.
    pub control: f64,
    /// An interval for the value.
    pub interval: Interval,
    /// The smallest value that this many cells would show with power 0.9, at the level 10⁻³ divided by the number
    /// of tests; by the normal approximation.
    pub smallest_visible: f64,
}

/// What the effect of a contrast measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ContrastMeasure {
    /// Green rate under the tested key less that under the control.
    GreenRateDifference,
    /// Mean score under the tested key over that under the control, under the gamma-scale model.
    MeanScoreRatio,
    /// Rate of one bits under the tested key less that under the control.
    OneBitRateDifference,
}
