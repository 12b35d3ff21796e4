//! What can be wrong with a GGUF file.

use std::path::PathBuf;

use thiserror::Error;

/// Why a file could not be used as a model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GgufError {
    /// The file cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not GGUF, is cut short, or is damaged.
    #[error("not a readable GGUF file: {what}")]
    Format {
        /// What was found in it.
        what: String,
    },
    /// A key of the metadata is missing or makes no sense.
    #[error("metadata `{key}`: {what}")]
    Metadata {
        /// The key.
        key: String,
        /// What is wrong with it.
        what: String,
    },
    /// A tensor is missing, or has another shape or kind than the metadata say.
    #[error("tensor `{name}`: {what}")]
    Tensor {
        /// The tensor.
        name: String,
        /// What is wrong with it.
        what: String,
    },
}
