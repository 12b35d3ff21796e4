//! What passes between the workers and the writer.

use crate::answers::Record;
use crate::error::Refusal;
use crate::log::Attempt;
use crate::prompts::Prompt;

/// An answer to be had.
pub(crate) struct Job<'a> {
    pub(crate) prompt: &'a Prompt,
    pub(crate) repetition: u32,
    pub(crate) body: String,
}

/// What workers tell the writer.
pub(crate) enum Event<'a> {
    Attempt(Box<Attempt>),
    /// The attempt that brought an answer: together, so that log and answers have one order.
    Answer(Box<Attempt>, Box<Record>),
    Failed(&'a Job<'a>, String),
    Refused(Refusal),
}
