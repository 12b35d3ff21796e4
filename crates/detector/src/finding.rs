//! Findings: the result of one test under one key, as reports and JSON carry it.

use crate::eprocess::Checkpoint;
use crate::interval::Interval;
use crate::tail::{Log10E, Log10P};
use crate::warning::Warning;
use serde::Serialize;

/// Which test a finding comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Test {
    /// The plain sum of scores over distinct fresh cells, against its exact null.
    T1,
    /// The e-process: valid at any stopping time.
    T3,
    /// The line-up: the key's rank among decoys.
    T5,
}

/// The result of one test under one key.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Which test.
    pub test: Test,
    /// Public id of the key.
    pub key_id: String,
    /// Tokens in the answers.
    pub tokens: u64,
    /// Distinct fresh cells that were scored.
    pub scored: u64,
    /// T1: the sum of scores (green cells, nats or one bits). T3: the largest log10 E. T5: the
    /// key's rank, 1 being the highest.
    pub statistic: f64,
    /// T1: what the null expects of the statistic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// log10 of the p-value of this test alone.
    pub log10_p: Log10P,
    /// The same after Holm's adjustment for every key and test of this examination.
    pub log10_p_adjusted: Log10P,
    /// T1: how strong the dependence on the key is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// T3: the e-process where it was largest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supremum: Option<Checkpoint>,
    /// T3: log10 E at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log10_e: Option<Log10E>,
    /// T5: how many decoys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoys: Option<u64>,
    /// T5: the highest statistic that a decoy reached, in T1's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_decoy: Option<f64>,
    /// What to bear in mind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// How strong the dependence on the key is, per distinct cell.
#[derive(Clone, Copy, Debug, Serialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Share of green cells; Clopper–Pearson interval.
    GreenRate,
    /// Mean score per cell in nats; interval under the gamma-scale model.
    MeanScore,
    /// Share of one bits; Clopper–Pearson interval.
    OneBitRate,
}

/// What was read and what was left out, the same for every key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Answers or documents.
    pub answers: u64,
    /// Tokens in them.
    pub tokens: u64,
    /// Answers whose record does not say what was shown.
    pub exposure_unknown: u64,
    /// Cells left out because their window had been shown.
    pub exposed: u64,
    /// Cells left after that.
    pub fresh: u64,
    /// Fresh cells that are the first of their kind.
    pub scored: u64,
    /// Expected number of new cells that the de-duplication took for seen ones; costs power, never
    /// validity.
    pub expected_drops: f64,
}
