//! The bytes of every token.

/// The bytes of all tokens, one after another.
pub(super) struct TokenBytes {
    bytes: Vec<u8>,
    /// Where each token's end.
    ends: Vec<usize>,
}

impl TokenBytes {
    /// Of the tokens 0, 1, 2, … in their order.
    pub(super) fn of(tokens: impl Iterator<Item = Vec<u8>>) -> Self {
        let (mut bytes, mut ends) = (vec![], vec![]);
        for token in tokens {
            bytes.extend(token);
            ends.push(bytes.len());
        }
        Self { bytes, ends }
    }

    /// A token's bytes; none where there is no such token.
    pub(super) fn get(&self, token: u32) -> &[u8] {
        let token = token as usize;
        let Some(&end) = self.ends.get(token) else {
            return &[];
        };
        let start = token.checked_sub(1).map_or(0, |last| self.ends[last]);
        &self.bytes[start..end]
    }
}
