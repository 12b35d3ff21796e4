//! `SGLang`'s function (`SGLang` 0.5.23): the marks `sglang-gumbel-v1` and `sglang-dual-v1`.
//!
//! With M3 = `MurmurHash3` x86-32 (Appleby 2011) under seed 0, over whole 32-bit words:
//!
//! - **context hash** c = M3(the last h tokens, oldest first). They include the end of the prompt;
//! - **word of token t** = M3(`key_lo`, `key_hi`, c, t). The engine's uniform is (word + ½)/2³²;
//! - **coin** of the dual-key mark = M3(`a_lo`, `a_hi`, `b_lo`, `b_hi`, c): key A where it is below
//!   ⌊P·2³²⌋.
//!
//! The context hash has 32 bits, so windows collide at a corpus's scale: what has to be counted
//! once is (c, t). Only whole windows are defined; a [`MISSING`](crate::cells::MISSING) slot is
//! hashed as the number that stands for it.

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::cells::{CellBatch, TokenId};
use crate::prf::Prf;
use crate::simd::Lanes;

/// `SGLang`'s function under one key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SglangMurmur {
    key: u64,
}

impl SglangMurmur {
    /// The function under `key`: 1 to 16 hexadecimal digits in `SGLang`'s configuration.
    #[must_use]
    pub const fn new(key: u64) -> Self {
        Self { key }
    }

    /// What is left of the key before the cell is hashed in.
    fn keyed(&self) -> u32 {
        mix_u64(0, self.key)
    }
}

/// The hash c of a window, which no key enters.
#[must_use]
pub fn context_hash(window: &[TokenId]) -> u32 {
    murmur3(window)
}

/// The context hashes of a batch.
///
/// # Panics
/// When `out` is not as long as `cells`.
#[inline(always)]
pub fn context_hashes(cells: &CellBatch, out: &mut [u32]) {
    assert_eq!(out.len(), cells.len(), "one hash for each cell");
    out.fill(0);
    for slot in 0..cells.window() {
        for (hash, &id) in out.iter_mut().zip(cells.slot(slot)) {
            *hash = mix(*hash, id);
        }
    }
    for hash in out {
        *hash = finish(*hash, cells.window());
    }
}

/// The dual-key mark's coin for a context hash: key A where it is below ⌊P·2³²⌋.
#[must_use]
pub fn coin(key_a: u64, key_b: u64, context_hash: u32) -> u32 {
    finish(mix(mix_u64(mix_u64(0, key_a), key_b), context_hash), 5)
}

/// `MurmurHash3` x86-32 of whole words, under seed 0.
#[must_use]
pub fn murmur3(words: &[u32]) -> u32 {
    finish(
        words.iter().fold(0, |hash, &word| mix(hash, word)),
        words.len(),
    )
}

impl Prf for SglangMurmur {
    fn max_token(&self) -> TokenId {
        crate::cells::MISSING - 1
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        finish(mix(mix(self.keyed(), context_hash(window)), token), 4)
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        Lanes::detect().run(
            #[inline(always)]
            || self.words_portable(cells, out),
        );
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        Lanes::detect().run(
            #[inline(always)]
            || self.row_portable(window, first, out),
        );
    }
}

impl SglangMurmur {
    #[inline(always)]
    pub(crate) fn words_portable(&self, cells: &CellBatch, out: &mut [u32]) {
        context_hashes(cells, out);
        let keyed = self.keyed();
        for (word, &token) in out.iter_mut().zip(cells.tokens()) {
            *word = finish(mix(mix(keyed, *word), token), 4);
        }
    }

    #[inline(always)]
    pub(crate) fn row_portable(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        let hash = mix(self.keyed(), context_hash(window));
        for (i, word) in (0..).zip(out) {
            *word = finish(mix(hash, first.wrapping_add(i)), 4);
        }
    }
}

/// Without the key.
impl fmt::Debug for SglangMurmur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SglangMurmur").finish_non_exhaustive()
    }
}

#[inline(always)]
fn mix(hash: u32, word: u32) -> u32 {
    let word = word.wrapping_mul(0xcc9e_2d51).rotate_left(15);
    let hash = (hash ^ word.wrapping_mul(0x1b87_3593)).rotate_left(13);
    hash.wrapping_mul(5).wrapping_add(0xe654_6b64)
}

/// The low word first.
fn mix_u64(hash: u32, word: u64) -> u32 {
    mix(mix(hash, word as u32), (word >> 32) as u32)
}

#[inline(always)]
fn finish(hash: u32, words: usize) -> u32 {
    let hash = hash ^ (4 * words as u32);
    let hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    let hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}
