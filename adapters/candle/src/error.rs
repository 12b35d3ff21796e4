//! Why no token was sampled.

use hallmark_core::marker::MarkerError;

/// Why no token was sampled. The sampler's marker is as it was before the call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// candle could not read or compute with the tensor.
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
    /// The marker could not take the logits or the token.
    #[error("token {position} of the answer cannot be marked: {source}")]
    Marker {
        /// Tokens of the answer before it.
        position: usize,
        /// What is wrong.
        source: MarkerError,
    },
    /// No probabilities to draw from: a logit is NaN, or all tokens are masked.
    #[error(
        "no token can be drawn: {source}; look for NaN in the model's logits, and for a mask that leaves nothing"
    )]
    Weights {
        /// What the draw says.
        source: rand::distr::weighted::Error,
    },
    /// The logits are not one row.
    #[error(
        "logits of shape {found:?} are not one row; pass a tensor of shape [vocabulary], as by squeeze(0)"
    )]
    Shape {
        /// The shape.
        found: Vec<usize>,
    },
}

impl From<SampleError> for candle_core::Error {
    fn from(error: SampleError) -> Self {
        match error {
            SampleError::Candle(error) => error,
            error => Self::wrap(error),
        }
    }
}
