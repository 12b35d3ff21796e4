//! The result of `probe`.

use hallmark::json::formats;
use hallmark::read::{Reading, Skipped};
use serde::{Deserialize, Serialize};

/// The result of `probe`, also written beside the prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Probed {
    pub(crate) schema: formats::Probe,
    /// Version of this program.
    pub(crate) version: String,
    /// Public ids of the keys that marked the log, as the indexes that prompts were chosen by name them. A key among these must not
    /// be tested on answers to these prompts.
    pub(crate) log_marked_by: Vec<String>,
    /// `windows` or `uniform`.
    pub(crate) method: String,
    pub(crate) seed: u64,
    pub(crate) count: u32,
    pub(crate) chosen: u64,
    /// Records of the log.
    pub(crate) records: u64,
    /// Those that have a prompt that can be asked again.
    pub(crate) considered: u64,
    pub(crate) without_prompt: u64,
    pub(crate) not_askable: u64,
    /// Those whose prompt had come before.
    pub(crate) duplicates: u64,
    /// Prompts in the draw from which the best were taken.
    pub(crate) pool: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) window: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tokenizer_sha256: Option<String>,
    /// Of the windows of the chosen prompts' logged answers, the mean share that the prompt shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mean_exposure_share: Option<f64>,
    /// How the log was read.
    #[serde(default)]
    pub(crate) reading: Reading,
    pub(crate) skipped: Skipped,
    pub(crate) logs: Vec<Digested>,
    pub(crate) indexes: Vec<Digested>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) background: Option<Digested>,
    pub(crate) prompts: Digested,
}

/// A file, as it was when it was read or written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Digested {
    pub(crate) file: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) marked_by: Option<String>,
}
