//! One seed's green list, a bit for each token.

use alloc::vec::Vec;
use core::fmt;

use crate::cells::TokenId;

/// The green tokens of one seed.
#[derive(Clone, PartialEq, Eq)]
pub struct GreenList {
    bits: Vec<u64>,
}

impl GreenList {
    /// The list of `tokens`, for a vocabulary of `vocab_size`; larger ids are left out.
    #[must_use]
    pub fn from_tokens(vocab_size: u32, tokens: &[TokenId]) -> Self {
        let mut bits = alloc::vec![0; (vocab_size as usize).div_ceil(64)];
        for &token in tokens.iter().filter(|&&token| token < vocab_size) {
            bits[token as usize / 64] |= 1 << (token % 64);
        }
        Self { bits }
    }

    /// Whether `token` is green. Ids outside the vocabulary are not.
    #[inline]
    #[must_use]
    pub fn contains(&self, token: TokenId) -> bool {
        let word = self.bits.get(token as usize / 64);
        word.is_some_and(|word| word >> (token % 64) & 1 == 1)
    }

    /// How many tokens are green.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.bits.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether no token is green.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for GreenList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GreenList")
            .field("len", &self.len())
            .finish()
    }
}
