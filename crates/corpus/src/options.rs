//! How to read.

use crate::fields::FieldMap;
use crate::formats::Format;
use crate::layouts::Layout;
use crate::limits::Limits;
use crate::requests::Requests;
use crate::talk::Roles;
use std::sync::Arc;

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The format; told from content and name where it is not given (see [`Format`]).
    pub format: Option<Format>,
    /// Where the fields stand.
    pub fields: FieldMap,
    /// The layout; told from each record where it is not given.
    pub layout: Option<Layout>,
    /// Which roles of a chat answer.
    pub roles: Roles,
    /// Whether every assistant's turn of a chat is an answer, and not the last one only.
    pub all_turns: bool,
    /// Whether characters that programs change for looks are undone ([`normalise`](crate::normalise::normalise)), in answers and in what was
    /// shown alike. To be fixed before any score is known.
    pub normalise: bool,
    /// Whether a record's own token ids are the answer where it has text beside them.
    pub ids: bool,
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
