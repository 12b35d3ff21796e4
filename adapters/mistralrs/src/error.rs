//! Why a step was not marked.

use hallmark_core::mark::CannotMark;
use hallmark_core::marker::MarkerError;
use hallmark_core::sampling::BadSampling;

/// Why a processor cannot be made, or a step was not marked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessorError {
    /// The mark is not made here.
    #[error(transparent)]
    Mark(#[from] CannotMark),
    /// A setting is out of range.
    #[error(transparent)]
    Sampling(#[from] BadSampling),
    /// The logits or a token of the context are unusable.
    #[error("token {position} of the answer cannot be marked: {source}")]
    Marker {
        /// Tokens of the answer before it.
        position: usize,
        /// What is wrong.
        source: MarkerError,
    },
    /// The context does not begin with the prompt that the processor was first called with.
    #[error(
        "the context of {found} tokens does not begin with this request's prompt of {expected}; make a processor for each request"
    )]
    OtherRequest {
        /// Tokens of the context.
        found: usize,
        /// Tokens of the prompt.
        expected: usize,
    },
}
