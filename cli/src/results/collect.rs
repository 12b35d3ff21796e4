//! The result of `collect`.

use hallmark::json::formats;
use hallmark_collect::{Answering, Ending, Failed};
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
    /// How the endpoint was spoken to.
    pub(crate) dialect: String,
    /// The file of answers.
    pub(crate) out: String,
    /// The log.
    pub(crate) log: String,
    /// Prompts.
    pub(crate) prompts: u64,
    /// Answers that are wanted in all.
    pub(crate) wanted: u64,
    /// Answers that earlier runs had brought and that hold text.
    pub(crate) already: u64,
    /// Answers of this run that hold text.
    pub(crate) answered: u64,
    /// Answers of all runs that hold no text: they came, and there is nothing in them to score.
    pub(crate) without_text: u64,
    /// Requests that this run sent.
    pub(crate) requests: u64,
    /// Answers that could not be had.
    pub(crate) failed: Vec<Failed>,
    /// How the answers of all runs ended.
    pub(crate) endings: Vec<Ending>,
    /// Which models gave the answers of all runs: more than one where the endpoint changed it.
    pub(crate) answering: Vec<Answering>,
    /// The batch that was written instead of asking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) batch: Option<Batched>,
    /// Whether the run was interrupted.
    pub(crate) stopped: bool,
    /// Files into which torn lines of an earlier run were put aside.
    pub(crate) torn: Vec<String>,
}

/// A file of requests for a provider's batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Batched {
    /// The file.
    pub(crate) file: String,
    /// Its requests.
    pub(crate) requests: u64,
}
