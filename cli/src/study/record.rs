//! What the folder of an arm says about it: `arm.json` and `examined.json`.

use hallmark_study::students::Size;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `arm.json`: the arm's settings and what was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ArmRecord {
    pub(crate) schema: String,
    pub(crate) version: String,
    pub(crate) world: String,
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) scheme: String,
    pub(crate) window: usize,
    pub(crate) share: f64,
    pub(crate) seed: u64,
    pub(crate) variant: String,
    /// Whether the student learnt from answers under the tested key.
    pub(crate) guilty: bool,
    pub(crate) marked_answers: usize,
    pub(crate) size: SizeRecord,
    /// The tested key.
    pub(crate) key_id: String,
    /// The other cohort's key, where there is one.
    pub(crate) other_key_id: Option<String>,
    /// Tokens of answers at which the tests are made.
    pub(crate) prefixes: Vec<u64>,
    pub(crate) decoys: u32,
    /// Mean training loss of each twentieth of the steps, in nats per answer token.
    pub(crate) losses: Vec<f32>,
    /// The same for the second training.
    pub(crate) second_losses: Vec<f32>,
    /// Wall time of training and answering, without what the cache held.
    pub(crate) seconds: f64,
    /// The control student, in the folder `shared`.
    pub(crate) control: String,
    pub(crate) files: BTreeMap<String, FileRecord>,
}

/// How much of everything.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct SizeRecord {
    pub(crate) training_answers: usize,
    pub(crate) training_prompts: usize,
    pub(crate) passes: usize,
    pub(crate) batch: usize,
    pub(crate) learning_rate: f64,
}

impl From<Size> for SizeRecord {
    fn from(size: Size) -> Self {
        Self {
            training_answers: size.training_answers,
            training_prompts: size.training_prompts,
            passes: size.passes,
            batch: size.batch,
            learning_rate: size.learning_rate,
        }
    }
}

/// A file beside `arm.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
    pub(crate) records: usize,
    /// Answer tokens, as the models wrote them.
    pub(crate) tokens: usize,
}

/// `examined.json`: every test at every prefix of the answers to each kind of prompts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ExaminedRecord {
    pub(crate) schema: String,
    pub(crate) version: String,
    pub(crate) key_id: String,
    /// By kind of prompts: `harvest`, `generic`.
    pub(crate) prompts: BTreeMap<String, Vec<Point>>,
}

/// The tests on one prefix of the answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) answers: u64,
    /// Tokens of the answers as text.
    pub(crate) tokens: u64,
    pub(crate) scored: u64,
    /// Mean score per distinct cell, with what a random key gives: the effect.
    pub(crate) effect: Option<f64>,
    pub(crate) null_effect: Option<f64>,
    /// log10 of each test's own p-value, not adjusted.
    pub(crate) log10_p: BTreeMap<String, f64>,
}
