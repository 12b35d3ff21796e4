//! How to read.

use crate::fields::FieldMap;
use crate::formats::Format;
use crate::limits::Limits;
use crate::requests::Requests;
use std::sync::Arc;

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The format; told from content and name where it is not given (see [`Format`]).
    pub format: Option<Format>,
    /// Where the fields stand.
    pub fields: FieldMap,
    /// Whether every assistant's turn of a chat is an answer, and not the last one only.
    pub all_turns: bool,
    /// How large input may be.
    pub limits: Limits,
    /// How many bad records to skip, over all files together; one more ends the run.
    pub skip_bad: u64,
    /// Whether a record of a request that failed ends the run, as in logs that must be whole.
    pub refuse_failed: bool,
    /// What was asked, where it does not stand in the records themselves.
    pub requests: Option<Arc<Requests>>,
    /// Ids in a record's tokens must be below this, where it is given.
    pub vocab_size: Option<u32>,
}
