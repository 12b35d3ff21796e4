//! A stretch of a record: text, tokens, or both.

/// A stretch of text, or of tokens where the record carries them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text, still to be tokenised with the marking model's tokenizer.
    Text(String),
    /// Token ids of the marking model's tokenizer.
    Tokens(Vec<u32>),
    /// The same stretch as text and as tokens. With a tokenizer the text counts: the tokens are a choice of whoever wrote
    /// the record, and a text can be cut into tokens in many ways. As exposure both do.
    Both {
        /// The text.
        text: String,
        /// Its tokens, as the record has them.
        tokens: Vec<u32>,
    },
}

impl Piece {
    /// The text, where it has one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Both { text, .. } => Some(text),
            Self::Tokens(_) => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn text_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Text(text) | Self::Both { text, .. } => Some(text),
            Self::Tokens(_) => None,
        }
    }

    /// Size as the limits count it: bytes of UTF-8, or four bytes a token.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Tokens(tokens) => 4 * tokens.len() as u64,
            Self::Both { text, tokens } => text.len() as u64 + 4 * tokens.len() as u64,
        }
    }
}
