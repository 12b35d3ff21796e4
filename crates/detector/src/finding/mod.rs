//! Findings: the result of one test under one key, as reports and JSON carry it.

mod condition;
mod contrast;
mod counts;
mod found;
mod leaning;
mod logprobs;
mod order;
mod residual;
mod shape;
mod warning;

pub use condition::Condition;
pub use contrast::{ContrastEffect, ContrastMeasure};
pub use counts::Counts;
pub use found::{Found, T1, T2, T2r, T3, T3r, T5, T6, T8, T9};
pub use leaning::Leaning;
pub use logprobs::LogprobFinding;
pub use order::Order;
pub(crate) use residual::MAX_WINDOW;
pub use residual::{Expectation, ResidualCounts};
pub use shape::{ShapeFinding, Strongest};
pub use warning::{FEW_CELLS, Warning};

use crate::interval::Interval;
use crate::tail::{Log10E, Log10P};
use crate::weights::{WeightSource, Weighting};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which test a finding comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Test {
    /// The plain sum of scores over distinct fresh cells, against its exact null.
    T1,
    /// The sum of scores weighted by window.
    T2,
    /// The residual: weighted by how much more often than expected the suspect produced a cell.
    T2r,
    /// The e-process: valid at any stopping time.
    T3,
    /// The e-process over the log that the tested key marked, read by first visits.
    T3r,
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
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("unevaluatedProperties" = false))
)]
pub struct Finding {
    /// Public id of the key.
    pub key_id: String,
    /// Tokens in the answers.
    pub tokens: u64,
    /// Distinct cells that were scored: fresh ones, and for T2r those of the control sample that the
    /// suspect avoided. T2 and T3 score those of weight 0 too, which changes nothing.
    pub scored: u64,
    /// log10 of the p-value of this test alone.
    pub log10_p: Log10P,
    /// Another engine's mark, where it is smaller: the same for text that no key of the engine marked. `log10_p` is
    /// limited by the number of keys, or by the key's place among other keys where keys are related.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_p_unmarked: Option<Log10P>,
    /// The same after Holm's adjustment for every key and test of this examination whose conditions hold; where one is
    /// unproven, for all those of which one is.
    pub log10_p_adjusted: Log10P,
    /// Which test, with all that it has beside its p-value.
    #[serde(flatten)]
    pub found: Found,
    /// What to bear in mind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Conditions that nobody has shown to hold: with any, it decides nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unproven: Vec<Condition>,
}

/// Cells that share a weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Level {
    /// The weight.
    pub weight: i64,
    /// How many cells have it.
    pub cells: u64,
    /// Mean of their scores, in green cells, nats or one bits.
    pub mean_score: f64,
}

impl Finding {
    /// A finding with its p-value.
    pub(crate) fn new(found: Found, key_id: String, log10_p: Log10P) -> Self {
        Self {
            key_id,
            tokens: 0,
            scored: 0,
            log10_p,
            log10_p_unmarked: None,
            log10_p_adjusted: log10_p,
            found,
            warnings: vec![],
            unproven: vec![],
        }
    }

    /// Which test.
    #[must_use]
    pub fn test(&self) -> Test {
        self.found.test()
    }

    /// The same over so many cells of its own.
    pub(crate) fn over(self, scored: u64) -> Self {
        let mut warnings = self.warnings;
        warnings.retain(|&warning| warning != Warning::TooFewCells);
        if scored < FEW_CELLS {
            warnings.insert(0, Warning::TooFewCells);
        }
        Self {
            scored,
            warnings,
            ..self
        }
    }

    /// Of this and another of the same test and key the one with the larger p, with the smaller of their e-values.
    pub(crate) fn or_weaker(self, other: Self) -> Self {
        assert_eq!(
            (self.test(), &self.key_id),
            (other.test(), &other.key_id),
            "findings of one test under one key"
        );
        let log10_e = self.log10_e().min(other.log10_e());
        let mut weaker = if other.log10_p > self.log10_p {
            other
        } else {
            self
        };
        match (&mut weaker.found, log10_e) {
            (Found::T3(found), Some(log10_e)) => found.log10_e = log10_e,
            (Found::T3r(found), Some(log10_e)) => found.log10_e = log10_e,
            (Found::T9(found), Some(log10_e)) => found.log10_e = log10_e,
            _ => {}
        }
        weaker
    }

    /// Whether it may decide anything: all its conditions hold, there are cells enough, and it is no contrast, which compares
    /// two keys.
    #[must_use]
    pub fn decides(&self) -> bool {
        self.unproven.is_empty() && self.scored >= FEW_CELLS && self.test() != Test::T6
    }

    /// What the test went by: a sum of scores (T1, T2, T2r, T6, T9), the largest log10 E (T3), log10 E at the end (T3r), a rank (T5), log10 of the smallest
    /// level (T8).
    #[must_use]
    pub fn statistic(&self) -> f64 {
        match &self.found {
            Found::T1(found) => found.statistic,
            Found::T2(found) => found.statistic,
            Found::T2r(found) => found.statistic,
            Found::T3(found) => found.supremum.log10_e.value(),
            Found::T3r(found) => found.log10_e.value(),
            Found::T5(found) => found.rank as f64,
            Found::T6(found) => found.statistic,
            Found::T8(found) => found.log10_smallest,
            Found::T9(found) => found.statistic,
        }
    }

    /// T1: how strong the dependence on the key is.
    #[must_use]
    pub fn effect(&self) -> Option<&Effect> {
        match &self.found {
            Found::T1(found) => found.effect.as_ref(),
            _ => None,
        }
    }

    /// The e-value of T3 and T3r at their end, or of T9.
    #[must_use]
    pub fn log10_e(&self) -> Option<Log10E> {
        match &self.found {
            Found::T3(found) => Some(found.log10_e),
            Found::T3r(found) => Some(found.log10_e),
            Found::T9(found) => Some(found.log10_e),
            _ => None,
        }
    }

    /// The other keys that the key was compared with: T5, and T1 where keys are related.
    #[must_use]
    pub fn decoys(&self) -> Option<u64> {
        match &self.found {
            Found::T1(found) => found.decoys,
            Found::T5(found) => Some(found.decoys),
            _ => None,
        }
    }

    /// What weights were made from, as seen by this key: T2, T2r, weighted T3, T3r.
    #[must_use]
    pub fn weights(&self) -> Option<WeightSource> {
        match &self.found {
            Found::T2(found) => Some(found.weights),
            Found::T2r(found) => found.weights,
            Found::T3(found) => found.weights,
            Found::T3r(found) => Some(found.weights),
            _ => None,
        }
    }

    /// How they were made.
    #[must_use]
    pub fn weighting(&self) -> Option<&Weighting> {
        match &self.found {
            Found::T2(found) => Some(&found.weighting),
            Found::T2r(found) => found.weighting.as_ref(),
            Found::T3(found) => found.weighting.as_ref(),
            _ => None,
        }
    }

    /// Cells and mean score by weight: T2, T2r.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        match &self.found {
            Found::T2(found) => &found.levels,
            Found::T2r(found) => &found.levels,
            _ => &[],
        }
    }
}

/// How strong the dependence on the key is, per distinct cell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Share of green cells; Clopper–Pearson interval.
    GreenRate,
    /// Mean score per cell in nats; interval under the gamma-scale model.
    MeanScore,
    /// Share of one bits; Clopper–Pearson interval.
    OneBitRate,
}
