//! Why a step could not be taken as asked.

use hallmark_core::marker::MarkerError;
use hallmark_core::row::RowError;

/// Why a step was not marked, or nothing was selected. It concerns one request.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The logits, or a token, are unusable.
    #[error(
        "step {step} of the request: {source}; look at the samplers before this one, and at the model's output"
    )]
    Marker {
        /// Tokens accepted before it.
        step: usize,
        /// What is wrong.
        source: MarkerError,
    },
    /// A candidate whose token id is negative.
    #[error(
        "step {step} of the request: candidate {id} is not a token; fill the array with ids from 0"
    )]
    NotAToken {
        /// Tokens accepted before it.
        step: usize,
        /// The id.
        id: i32,
    },
    /// The array of candidates is empty.
    #[error(
        "step {step} of the request: no candidates; a sampler before this one, such as a grammar, left none"
    )]
    NoCandidates {
        /// Tokens accepted before it.
        step: usize,
    },
    /// A fault in the marker itself. The rest of the request is unmarked.
    #[error(
        "the marker panicked, so the rest of the request is unmarked: {message}; please report this"
    )]
    Panicked {
        /// What it said.
        message: String,
    },
    /// No sampler of the chain selected a candidate.
    #[error("no sampler of the chain selected a token; end it with one that does")]
    NothingSelected,
}

impl StepError {
    pub(crate) fn row(step: usize, error: RowError) -> Self {
        Self::marker(step, error.into())
    }

    pub(crate) fn marker(step: usize, source: MarkerError) -> Self {
        Self::Marker { step, source }
    }
}
