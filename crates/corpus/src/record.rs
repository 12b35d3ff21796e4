//! One answer of a suspect, with everything it was shown.

use std::fmt;
use std::sync::Arc;

/// One document or answer, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it stood.
    pub source: Source,
    /// The record's own `id`, where it has one; numbers are kept as they were written.
    pub id: Option<String>,
    /// The `group` the record belongs to, where it has one.
    pub group: Option<String>,
    /// Everything shown to the suspect when it answered, in the order of the record. `None` where the record says
    /// nothing about it, which is not the same as having been shown nothing (`Some` of an empty list).
    pub exposure: Option<Vec<Piece>>,
    /// The answer itself.
    pub body: Piece,
}

/// A stretch of text, or of tokens where the record carries them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text, still to be tokenised with the marking model's tokenizer.
    Text(String),
    /// Token ids of the marking model's tokenizer.
    Tokens(Vec<u32>),
}

impl Piece {
    /// Size as the limits count it: bytes of UTF-8, or four bytes a token.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Tokens(tokens) => 4 * tokens.len() as u64,
        }
    }
}

/// A place in an input: displayed as `file:line`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// The file as it was named by the caller; `-` is standard input.
    pub file: Arc<str>,
    /// The line on which the record starts, from 1; in Parquet the row, from 1.
    pub line: u64,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
