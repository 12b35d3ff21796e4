//! SynthID as in the GitHub repository since June 2025 (checked at commit addb4a1).
//!
//! h₀ = SHA-256 of the keys, each as 8 bytes, little-endian, read as a big-endian number modulo
//! 2⁶³ − 1; the n-gram is folded in with H; layer l starts from v = H(h, `key_l`), then 12 times v =
//! H(v, 1) >> 5, the shift keeping the sign; g is bit 30 of v. The whole state reaches g.

use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{MAX_LAYERS, MULTIPLIER, check_context, check_layers, fold, number, step};
use crate::cells::{CellBatch, TokenId};
use crate::mark::Shifted;
use crate::prf::Prf;
use crate::simd::Lanes;

/// SynthID without a table.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SynthId2025 {
    #[zeroize(skip)]
    ngram_len: usize,
    keys: Vec<i64>,
    start: i64,
}

impl SynthId2025 {
    /// The function under one key a layer, for n-grams of `ngram_len` tokens.
    ///
    /// # Panics
    /// Without keys, with more than [`MAX_LAYERS`](super::MAX_LAYERS), or when `ngram_len` is 0.
    #[must_use]
    pub fn new(keys: &[i64], ngram_len: usize) -> Self {
        check_layers(keys);
        assert!(ngram_len > 0, "an n-gram has at least one token");
        Self {
            ngram_len,
            keys: keys.to_vec(),
            start: start(keys),
        }
    }

    /// The function of one layer alone, whose bit is bit 0 of the word.
    ///
    /// # Panics
    /// When there is no such layer.
    #[must_use]
    pub fn layer(&self, layer: usize) -> Self {
        Self {
            keys: alloc::vec![self.keys[layer]],
            ..self.clone()
        }
    }

    /// Tokens of an n-gram; the context has one less.
    #[must_use]
    pub fn ngram_len(&self) -> usize {
        self.ngram_len
    }

    /// Layers, one bit of a word each.
    #[must_use]
    pub fn layers(&self) -> u32 {
        self.keys.len() as u32
    }

    /// h₀, which all keys enter: as secret as they are.
    #[must_use]
    pub fn start(&self) -> i64 {
        self.start
    }

    /// The hash by which a repeated context is told ([`ContextHistory`](super::ContextHistory)).
    ///
    /// # Panics
    /// When the context does not have `ngram_len` − 1 tokens.
    #[must_use]
    pub fn context_hash(&self, context: &[TokenId]) -> i64 {
        check_context(context.len(), self.ngram_len);
        fold(self.start, context)
    }

    /// The word of a folded n-gram. Layers run side by side.
    #[inline(always)]
    fn word_of_state(&self, state: i64) -> u32 {
        let mut layers = [0; MAX_LAYERS];
        let layers = &mut layers[..self.keys.len()];
        for (layer, &key) in layers.iter_mut().zip(&self.keys) {
            *layer = step(state, key);
        }
        for _ in 0..ROUNDS {
            for layer in layers.iter_mut() {
                *layer = step(*layer, 1) >> SHIFT;
            }
        }
        let bits = layers.iter().zip(0..);
        bits.fold(0, |word, (&v, layer)| {
            word | ((v >> 30) as u32 & 1) << layer
        })
    }
}

/// # Panics
/// The methods panic when a window does not have `ngram_len` − 1 tokens.
impl Prf for SynthId2025 {
    fn max_token(&self) -> TokenId {
        crate::cells::MISSING - 1
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        self.word_of_state(step(self.context_hash(window), number(token)))
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

impl SynthId2025 {
    #[inline(always)]
    pub(crate) fn words_portable(&self, cells: &CellBatch, out: &mut [u32]) {
        check_context(cells.window(), self.ngram_len);
        assert_eq!(out.len(), cells.len(), "one word for each cell");
        for (i, (word, &token)) in out.iter_mut().zip(cells.tokens()).enumerate() {
            let slots = 0..cells.window();
            let context = slots.fold(self.start, |hash, slot| {
                step(hash, number(cells.slot(slot)[i]))
            });
            *word = self.word_of_state(step(context, number(token)));
        }
    }

    #[inline(always)]
    pub(crate) fn row_portable(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        let context = self.context_hash(window);
        for (i, word) in (0..).zip(out) {
            *word = self.word_of_state(step(context, number(first.wrapping_add(i))));
        }
    }
}

/// What reaches the function of an n-gram: its hash from 0 on. H is affine, so that the state from any
/// other start h₀ on is this plus h₀·6364136223846793005ⁿ.
#[must_use]
pub fn content(context: &[TokenId], token: TokenId) -> u64 {
    step(fold(0, context), number(token)).cast_unsigned()
}

/// Sums of ones of single layers, under other numbers than the key's and the key's own h₀. The units are
/// [`content`]s.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LayerScores {
    start: i64,
}

/// Layers that run side by side.
const SIDE: usize = 32;

impl LayerScores {
    /// Of the function under the tested key.
    #[must_use]
    pub fn new(function: &SynthId2025) -> Self {
        let factor =
            (0..function.ngram_len).fold(1, |power: i64, _| power.wrapping_mul(MULTIPLIER));
        Self {
            start: function.start.wrapping_mul(factor),
        }
    }

    #[inline(always)]
    pub(crate) fn add_sums_portable(&self, units: &[u64], numbers: &[u64], sums: &mut [u64]) {
        assert_eq!(numbers.len(), sums.len(), "one sum for each number");
        for (numbers, sums) in numbers.chunks(SIDE).zip(sums.chunks_mut(SIDE)) {
            let mut keys = [0_i64; SIDE];
            for (key, number) in keys.iter_mut().zip(numbers) {
                *key = number.cast_signed();
            }
            let mut ones = [0_u64; SIDE];
            for unit in units {
                let state = unit.cast_signed().wrapping_add(self.start);
                let mut layers = keys.map(|key| step(state, key));
                for _ in 0..ROUNDS {
                    layers = layers.map(|v| step(v, 1) >> SHIFT);
                }
                for (ones, v) in ones.iter_mut().zip(layers) {
                    *ones += (v >> 30).cast_unsigned() & 1;
                }
            }
            for (sum, ones) in sums.iter_mut().zip(ones) {
                *sum += ones;
            }
        }
    }
}

impl Shifted for LayerScores {
    fn add_sums(&self, units: &[u64], numbers: &[u64], sums: &mut [u64]) {
        Lanes::detect().run(
            #[inline(always)]
            || self.add_sums_portable(units, numbers, sums),
        );
    }
}

/// Without the keys.
impl fmt::Debug for SynthId2025 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SynthId2025")
            .field("ngram_len", &self.ngram_len)
            .field("layers", &self.layers())
            .finish_non_exhaustive()
    }
}

const ROUNDS: usize = 12;
const SHIFT: u32 = 5;

fn start(keys: &[i64]) -> i64 {
    let mut hash = Sha256::new();
    for key in keys {
        hash.update(key.to_le_bytes());
    }
    let modulus = (1 << 63) - 1;
    let bytes = hash.finalize();
    let rest = bytes.iter().fold(0u128, |rest, &byte| {
        (rest << 8 | u128::from(byte)) % modulus
    });
    rest as i64
}
