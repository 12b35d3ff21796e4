//! The reference implementation itself, for what the fast reader does not take.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use super::spelling::Spelling;

/// A tokenizer of the crate `tokenizers`.
pub(super) struct Reference {
    inner: tokenizers::Tokenizer,
    spelling: Spelling,
}

impl Reference {
    /// # Errors
    /// Why the reference does not read the file.
    pub(super) fn read(json: &[u8], decoder: &Value) -> Result<Self, String> {
        let read = catch_unwind(|| tokenizers::Tokenizer::from_bytes(json));
        let mut inner = match read {
            Ok(Ok(inner)) => inner,
            Ok(Err(error)) => return Err(format!("the reference does not read it: {error}")),
            Err(_) => return Err("the reference ends in a panic when it reads it".to_owned()),
        };
        inner.set_encode_special_tokens(true);
        let spelling = Spelling::of(decoder);
        Ok(Self { inner, spelling })
    }

    /// # Errors
    /// Why the reference gives this text no ids.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        // A search that takes more steps than the engine of regular expressions allows ends in a panic.
        let encoding = catch_unwind(AssertUnwindSafe(|| self.inner.encode_fast(text, false)));
        match encoding {
            Ok(Ok(encoding)) => Ok(encoding.get_ids().to_vec()),
            Ok(Err(why)) => Err(why.to_string()),
            Err(_) => Err("a search in it takes too many steps".to_owned()),
        }
    }

    pub(super) fn decode(&self, tokens: &[u32]) -> String {
        self.inner.decode(tokens, true).unwrap_or_default()
    }

    /// The bytes that a token stands for within a text.
    pub(super) fn token_bytes(&self, token: u32) -> Vec<u8> {
        match self.inner.id_to_token(token) {
            Some(text) => self.spelling.bytes(&text),
            None => Vec::new(),
        }
    }
}
