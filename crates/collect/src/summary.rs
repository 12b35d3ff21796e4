//! What a run did.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a run did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Prompts.
    pub prompts: u64,
    /// Answers that were wanted in all.
    pub wanted: u64,
    /// Answers that earlier runs had brought.
    pub already: u64,
    /// Answers of this run.
    pub answered: u64,
    /// Requests that this run sent.
    pub requests: u64,
    /// Answers that could not be had; asking again may succeed.
    pub failed: Vec<Failed>,
    /// Whether the run was stopped before its end.
    pub stopped: bool,
    /// Torn lines of an earlier run, put aside into these files.
    pub torn: Vec<PathBuf>,
}

/// An answer that could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failed {
    /// The prompt's id.
    pub id: String,
    /// Which answer to it.
    pub repetition: u32,
    /// Why.
    pub reason: String,
}
