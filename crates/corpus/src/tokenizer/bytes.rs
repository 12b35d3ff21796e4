//! The bytes of every token.

use super::Tokenizer;
use splintr::Tokenize;

/// The bytes of all tokens, one after another.
pub(super) struct TokenBytes {
    bytes: Vec<u8>,
    /// Where each token's end.
    ends: Vec<usize>,
}

impl Tokenizer {
    /// The bytes that a token stands for within a text; none for special tokens and ids outside of the vocabulary.
    pub(crate) fn bytes(&self, token: u32) -> &[u8] {
        let all = self.bytes.get_or_init(|| self.all_bytes());
        let token = token as usize;
        let Some(&end) = all.ends.get(token) else {
            return &[];
        };
        let start = token.checked_sub(1).map_or(0, |last| all.ends[last]);
        &all.bytes[start..end]
    }

    fn all_bytes(&self) -> TokenBytes {
        let mut all = TokenBytes {
            bytes: vec![],
            ends: vec![],
        };
        for token in 0..self.vocab_size {
            if !self.special.contains(&token) {
                let bytes = Tokenize::decode_token_bytes(&self.inner, token);
                all.bytes.extend(bytes.unwrap_or_default());
            }
            all.ends.push(all.bytes.len());
        }
        all
    }
}
