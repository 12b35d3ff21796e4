//! Findings: the result of one test under one key, as reports and JSON carry it.

mod contrast;
mod counts;
mod logprobs;
mod residual;
mod shape;
mod warning;

pub use contrast::{ContrastEffect, ContrastMeasure, ContrastResult};
pub use counts::Counts;
pub use logprobs::LogprobFinding;
pub(crate) use residual::MAX_WINDOW;
pub use residual::{Expectation, ResidualCounts};
pub use shape::{ShapeFinding, Strongest};
pub use warning::{FEW_CELLS, Warning};

use crate::eprocess::Checkpoint;
use crate::interval::Interval;
use crate::tail::{Log10E, Log10P, Method};
use crate::weights::{WeightSource, Weighting};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which test a finding comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// The plain sum of scores over distinct fresh cells, against its exact null.
    T1,
    /// The sum of scores weighted by window.
    T2,
    /// The residual: weighted by how much more often than expected the suspect produced a cell.
    T2r,
    /// The e-process: valid at any stopping time.
    T3,
    /// The line-up: the key's rank among decoys.
    T5,
    /// The contrast: this key against a control on the same cells.
    T6,
    /// The shape of the uniforms: too many very large scores.
    T8,
    /// Log-probabilities: the suspect's own mass on what the key favours.
    T9,
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The result of one test under one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which test.
    pub test: Test,
    /// Public id of the key.
    pub key_id: String,
    /// Tokens in the answers.
    pub tokens: u64,
    /// Distinct cells that were scored: fresh ones, and for T2r those of the control sample that the
    /// suspect avoided. T2 and T3 score those of weight 0 too, which changes nothing.
    pub scored: u64,
    /// T1: the sum of scores (green cells, nats or one bits). T2, T2r: the same, each score times its
    /// weight. T3: the largest log10 E. T5: the
    /// key's rank, 1 being the highest. T6: by how much the tested key's scores exceed the control's. T8: log10 of the
    /// smallest level. T9: the sum of scores weighted by the suspect's probabilities.
    pub statistic: f64,
    /// T1, T2, T2r, T6, T9: what the null expects of the statistic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// log10 of the p-value of this test alone.
    pub log10_p: Log10P,
    /// Another engine's mark, where it is smaller: the same for text that no key of the engine marked. `log10_p` is
    /// limited by the number of keys, or by the key's place among `decoys` other keys where keys are related.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_p_unmarked: Option<Log10P>,
    /// The same after Holm's adjustment for every key and test of this examination.
    pub log10_p_adjusted: Log10P,
    /// T1: how strong the dependence on the key is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// T3: the e-process where it was largest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supremum: Option<Checkpoint>,
    /// T3: log10 E at the end. T9: log10 of its e-value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_e: Option<Log10E>,
    /// T5, and T1 where keys are related: how many decoys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoys: Option<u64>,
    /// T5: the highest statistic that a decoy reached, in T1's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_decoy: Option<f64>,
    /// T2, T2r, weighted T3: what the weights were made from, as seen by this key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightSource>,
    /// The same: the rule and its parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighting: Option<Weighting>,
    /// T2, T2r: cells and mean score by weight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
    /// T2, T2r, T9: which bound of the tail was the smallest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// T2r: what was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<ResidualCounts>,
    /// T6: the control, and how much more the answers depend on this key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<ContrastResult>,
    /// T8: which cells stand out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<ShapeFinding>,
    /// T9: the mass, the e-value and a check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<LogprobFinding>,
    /// What to bear in mind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Cells that share a weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// The weight.
    pub weight: i64,
    /// How many cells have it.
    pub cells: u64,
    /// Mean of their scores, in green cells, nats or one bits.
    pub mean_score: f64,
}

impl Finding {
    /// A finding that says nothing yet but its p-value.
    pub(crate) fn new(test: Test, key_id: String, log10_p: Log10P) -> Self {
        Self {
            test,
            key_id,
            tokens: 0,
            scored: 0,
            statistic: 0.0,
            expected: None,
            log10_p,
            log10_p_unmarked: None,
            log10_p_adjusted: log10_p,
            effect: None,
            supremum: None,
            log10_e: None,
            decoys: None,
            best_decoy: None,
            weights: None,
            weighting: None,
            levels: vec![],
            method: None,
            residual: None,
            contrast: None,
            shape: None,
            logprobs: None,
            warnings: vec![],
        }
    }
}

/// How strong the dependence on the key is, per distinct cell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// What is measured.
    pub measure: Measure,
    /// Its value in these answers.
    pub value: f64,
    /// Its value without dependence on the key.
    pub null: f64,
    /// An interval for its value.
    pub interval: Interval,
    /// The smallest value that this many cells would show with power 0.9, at the level 10⁻³ divided
    /// by the number of tests.
    pub smallest_visible: f64,
}

/// What an effect measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Share of green cells; Clopper–Pearson interval.
    GreenRate,
    /// Mean score per cell in nats; interval under the gamma-scale model.
    MeanScore,
    /// Share of one bits; Clopper–Pearson interval.
    OneBitRate,
}
