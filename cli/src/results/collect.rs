//! The result of `collect`.

use hallmark::json::formats;
use hallmark_collect::Failed;
use serde::{Deserialize, Serialize};

/// The result of `collect`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Collected {
    pub(crate) schema: formats::Collect,
    /// Version of this program.
    pub(crate) version: String,
    pub(crate) model: String,
    /// The file of answers.
    pub(crate) out: String,
    /// The log.
    pub(crate) log: String,
    /// Prompts.
    pub(crate) prompts: u64,
    /// Answers that are wanted in all.
    pub(crate) wanted: u64,
    /// Answers that earlier runs had brought.
    pub(crate) already: u64,
    /// Answers of this run.
    pub(crate) answered: u64,
    /// Requests that this run sent.
    pub(crate) requests: u64,
    /// Answers that could not be had.
    pub(crate) failed: Vec<Failed>,
    /// Whether the run was interrupted.
    pub(crate) stopped: bool,
    /// Files into which torn lines of an earlier run were put aside.
    pub(crate) torn: Vec<String>,
}
