//! What can go wrong in the lab.

use std::error::Error as StdError;

use thiserror::Error;

/// What can go wrong in the lab.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LabError {
    /// A tensor operation failed: almost always a shape that does not fit, which is a bug in the caller's weights.
    #[error("tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),
    /// A checkpoint is not one of ours, or is damaged.
    #[error("checkpoint: {what}; use a file written by `Transformer::to_safetensors`")]
    Checkpoint {
        /// What is missing or does not fit.
        what: String,
    },
    /// A GGUF file is not a model that can be run here.
    #[error("GGUF model: {0}")]
    Gguf(#[from] crate::gguf::GgufError),
    /// A model shape that cannot be built.
    #[error("model shape: {what}")]
    Shape {
        /// Which field is wrong, and the rule it breaks.
        what: String,
    },
    /// A sequence that the model cannot take.
    #[error("sequence {sequence}: {what}")]
    Sequence {
        /// Index of the sequence in the caller's list.
        sequence: usize,
        /// What is wrong with it, and the limit.
        what: String,
    },
    /// Settings that make no sense, such as a temperature of zero.
    #[error("setting `{name}`: {what}")]
    Setting {
        /// The field's name.
        name: &'static str,
        /// The value and the rule it breaks.
        what: String,
    },
    /// The chooser refused a row of logits.
    #[error("sequence {sequence}, position {position}: no token could be chosen: {source}")]
    Choose {
        /// Index of the sequence in the caller's list.
        sequence: usize,
        /// Number of tokens generated before this one.
        position: usize,
        /// The chooser's own error.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// An embedded asset could not be read: the build is damaged.
    #[error("embedded {asset}: {what}; rebuild from a clean checkout")]
    Asset {
        /// File name under `assets/`.
        asset: &'static str,
        /// What failed.
        what: String,
    },
    /// The built-in tokenizer could not be read: the build is damaged.
    #[error("built-in tokenizer: {0}; rebuild from a clean checkout")]
    Tokenizer(#[from] hallmark_corpus::TokenizerError),
    /// Training left the range of finite numbers.
    #[error("loss is not finite at step {step}; lower the learning rate")]
    Diverged {
        /// Optimiser step, from zero.
        step: usize,
    },
}
