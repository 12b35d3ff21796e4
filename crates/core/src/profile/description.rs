//! What a profile says.

use crate::schemes::Scheme;
use alloc::string::String;

/// The public description of a mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// A name for people; it is part of no derivation.
    pub name: String,
    /// The scheme with its parameters.
    pub scheme: Scheme,
    /// Tokens before a position that key its mark.
    pub window: usize,
    /// Sub-keys of a cohort's key, of which each request is marked with one: 1, where the cohort's key itself marks, to
    /// [`MAX_RING`](super::MAX_RING).
    pub ring: u32,
    /// The marking model's tokenizer. For another engine's mark, `vocab_size` is what the engine takes as the vocabulary:
    /// lists are permutations of exactly that many ids.
    pub tokenizer: TokenizerRef,
}

/// Which tokenizer a profile's token ids belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenizerRef {
    /// Number of token ids, including unused ones up to the width of the model's logits.
    pub vocab_size: u32,
    /// SHA-256 in hexadecimal of what decides the tokenizer's ids, or in early profiles of its file; without it, only token ids
    /// can be read.
    pub sha256: Option<String>,
}
