//! What the folder of an arm says about it: `arm.json` and `examined.json`.

use crate::students::Size;
use hallmark::json::formats;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `arm.json`: the arm's settings and what was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArmRecord {
    /// The name of this format.
    pub schema: formats::StudyArm,
    /// Version of the program that made it.
    pub version: String,
    /// Where it took place.
    pub world: String,
    /// The plan's group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// The scheme that marked.
    pub scheme: String,
    /// Its window.
    pub window: usize,
    /// Sub-keys of its key, where it has a ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring: Option<u32>,
    /// The share of training answers that was marked.
    pub share: f64,
    /// Its seed.
    pub seed: u64,
    /// What is special about it.
    pub variant: String,
    /// Whether the student learnt from answers under the tested key.
    pub guilty: bool,
    /// Training answers that were marked.
    pub marked_answers: usize,
    /// How much of everything.
    pub size: SizeRecord,
    /// The tested key.
    pub key_id: String,
    /// The other cohort's key, where there is one.
    pub other_key_id: Option<String>,
    /// Tokens of answers at which the tests are made.
    pub prefixes: Vec<u64>,
    /// Decoys in each line-up.
    pub decoys: u32,
    /// Mean training loss of each twentieth of the steps, in nats per answer token.
    pub losses: Vec<f32>,
    /// The same for the second training.
    pub second_losses: Vec<f32>,
    /// Wall time of training and answering, without what the cache held.
    pub seconds: f64,
    /// The control student, in the folder `shared`.
    pub control: String,
    /// Every file of answers.
    pub files: BTreeMap<String, FileRecord>,
}

/// How much of everything.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SizeRecord {
    /// Training answers.
    pub training_answers: usize,
    /// Prompts that they answer.
    pub training_prompts: usize,
    /// Times that they are gone through.
    pub passes: usize,
    /// Answers in a step.
    pub batch: usize,
    /// The largest learning rate.
    pub learning_rate: f64,
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Answers.
    pub records: usize,
    /// Answer tokens, as the models wrote them.
    pub tokens: usize,
}

/// `examined.json`: every test at every prefix of the answers to each kind of prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExaminedRecord {
    /// The name of this format.
    pub schema: formats::StudyExamined,
    /// Version of the program that examined it.
    pub version: String,
    /// The tested key.
    pub key_id: String,
    /// By kind of prompts: `harvest`, `generic`.
    pub prompts: BTreeMap<String, Vec<Point>>,
}

/// The tests on one prefix of the answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Answers.
    pub answers: u64,
    /// Tokens of the answers as text.
    pub tokens: u64,
    /// Distinct cells.
    pub scored: u64,
    /// Mean score per distinct cell, with what a random key gives: the effect.
    pub effect: Option<f64>,
    /// What a random key gives.
    pub null_effect: Option<f64>,
    /// log10 of each test's own p-value, not adjusted.
    pub log10_p: BTreeMap<String, f64>,
}
