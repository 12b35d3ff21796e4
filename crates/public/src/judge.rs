//! What answers questions, as the server sees it.

use crate::examination::Examination;
use crate::question::Question;

/// Answers questions. Called on several threads at once; what panics in it is lost for that question alone.
pub trait Judge: Send + Sync + 'static {
    /// The one word that outsiders hear.
    ///
    /// # Errors
    /// When the question cannot be answered.
    fn answer(&self, question: Question) -> Result<Answer, Refused>;

    /// The whole finding.
    ///
    /// # Errors
    /// When the question cannot be answered.
    fn examine(&self, question: Question) -> Result<Examination, Refused>;

    /// What outsiders may know of it.
    fn facts(&self) -> Facts;
}

/// What outsiders hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One of the marks is in the text.
    Found,
    /// None is, as far as such a text shows.
    NotFound,
    /// Too short for an answer.
    TooShort,
}

impl Answer {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not-found",
            Self::TooShort => "too-short",
        }
    }
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No tokenizer is at hand.
    #[error("texts cannot be read here: give token ids")]
    NoText,
    /// The marks are for several tokenizers.
    #[error("token ids cannot be read here: give the text")]
    NoTokens,
    /// An id is not of the tokenizer.
    #[error("an id is not one of the tokenizer's")]
    NotAnId,
    /// Something else went wrong, which is not the caller's to know.
    #[error("the detector failed")]
    Failed,
}

/// What outsiders may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Distinct cells below which the answer is [`Answer::TooShort`].
    pub minimum_cells: u64,
    /// Whether texts are read.
    pub reads_text: bool,
    /// Whether token ids are read.
    pub reads_tokens: bool,
}
