//! Why a tokenizer cannot be used.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a tokenizer cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TokenizerError {
    /// The file cannot be read.
    #[error("{}: the tokenizer cannot be read: {source}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a `tokenizer.json`: another JSON file, a `tokenizer_config.json`, a cut download.
    #[error("this is no tokenizer.json: {0}")]
    Malformed(String),
    /// A kind of tokenizer that has not been compared with the reference; its tokens might differ from the model's.
    #[error("this kind of tokenizer has not been proven exact: {0}")]
    Unproven(String),
    /// Not the tokenizer that the profile was made with.
    #[error("the tokenizer's SHA-256 is {found}, and the profile names {expected}")]
    Digest {
        /// What the profile names.
        expected: String,
        /// What the file has.
        found: String,
    },
}

impl TokenizerError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Read { .. } => {
                "check the path; the file stands beside the model's weights as tokenizer.json"
            }
            Self::Malformed(_) => {
                "give the model's tokenizer.json, not its tokenizer_config.json or vocabulary"
            }
            Self::Unproven(_) => {
                "tokenise with the model's own tokenizer and give records with `tokens` instead of text"
            }
            Self::Digest { .. } => {
                "give the tokenizer.json of the model that was marked; with another one every cell would be a different cell"
            }
        }
    }
}
