//! The tokenizer that ships with the crate.

use super::Tokenizer;
use super::error::TokenizerError;

const JSON: &[u8] = include_bytes!("../../assets/tokenizer.json");

impl Tokenizer {
    /// The tokenizer of the models that ship with Hallmark: a byte-level BPE of 1,024 tokens, no special ones.
    ///
    /// # Errors
    /// As for [`Tokenizer::from_json`], if the build is damaged.
    pub fn built_in() -> Result<Self, TokenizerError> {
        Self::from_json(JSON)
    }
}
