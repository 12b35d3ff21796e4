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
    /// A tokenizer whose ids nobody could be sure of: the reference itself does not read it, or fails on some texts, or
    /// draws ids at random.
    #[error("this tokenizer is refused: {0}")]
    Refused(String),
    /// A text that the reference gives no ids.
    #[error("the tokenizer gives this text no tokens: {0}")]
    Text(String),
    /// Not the tokenizer that the profile was made with.
    #[error(
        "the tokenizer is {found} (its file has the SHA-256 {file}), and the profile names {expected}"
    )]
    Digest {
        /// What the profile names.
        expected: String,
        /// What decides the tokenizer's ids.
        found: String,
        /// SHA-256 of the file.
        file: String,
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
            Self::Refused(_) => {
                "tokenise with the model's own tokenizer: make the profile with `profile new --vocab-size N` instead of `--tokenizer`, and give records with `response_tokens` and `prompt_tokens` (lists of ids) instead of text"
            }
            Self::Text(_) => {
                "leave the record out (--skip-bad), or give it with `response_tokens` instead of text"
            }
            Self::Digest { .. } => {
                "give the tokenizer.json of the model that was marked: with another tokenizer every cell would be a different cell. Any file of the same tokenizer will do, but where the profile is an early one: it names one file, so give that file, or make the profile anew from it"
            }
        }
    }
}
