//! SynthID as in transformers up to 5.23 and the package synthid-text up to 0.2.1.
//!
//! h₀ = 1; the n-gram is folded in with H; layer l has K = H(h, `key_l`) and g = table\[K mod 65536\],
//! where the table is `randint(0, 2, 65536)` of torch's CPU generator under seed 0.
//!
//! The low 16 bits of H depend on the low 16 bits of h and x only, so **only 16 bits of the state
//! reach g**: tokens t and t + 65536 agree in every layer, and there are at most 65536 distinct
//! words. What has to be counted once is that 16-bit number, [`HfSynthId::cell`].

use alloc::vec::Vec;
use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{MULTIPLIER, check_context, check_layers, fold, number, step};
use crate::cells::{CellBatch, TokenId};
use crate::foreign::torch::TorchRng;
use crate::mark::Shifted;
use crate::prf::Prf;

/// SynthID with the 16-bit table.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct HfSynthId {
    #[zeroize(skip)]
    ngram_len: usize,
    #[zeroize(skip)]
    layers: u32,
    /// The word of every 16-bit state: all that the keys decide.
    words: Vec<u32>,
}

const STATES: usize = 1 << 16;

impl HfSynthId {
    /// The function under one key a layer, for n-grams of `ngram_len` tokens.
    ///
    /// # Panics
    /// Without keys, with more than [`MAX_LAYERS`](super::MAX_LAYERS), or when `ngram_len` is 0.
    #[must_use]
    pub fn new(keys: &[i64], ngram_len: usize) -> Self {
        check_layers(keys);
        assert!(ngram_len > 0, "an n-gram has at least one token");
        let table = Self::table();
        let word = |state| {
            let bit = |&key| table[low(step(state, key)) as usize];
            let bits = keys.iter().map(bit).zip(0..);
            bits.fold(0, |word, (bit, layer)| word | u32::from(bit) << layer)
        };
        Self {
            ngram_len,
            layers: keys.len() as u32,
            words: (0..STATES as i64).map(word).collect(),
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
        self.layers
    }

    /// The state h after the n-gram, of which the low 16 bits reach g: layer l has K = H(h, `key_l`)
    /// ([`step`]).
    ///
    /// # Panics
    /// When the context does not have `ngram_len` − 1 tokens.
    #[must_use]
    pub fn state(&self, context: &[TokenId], token: TokenId) -> i64 {
        step(self.context_hash(context), number(token))
    }

    /// The 16 bits of the state that reach g, which no key enters: n-grams of one number are one
    /// cell.
    ///
    /// # Panics
    /// When the context does not have `ngram_len` − 1 tokens.
    #[must_use]
    pub fn cell(&self, context: &[TokenId], token: TokenId) -> u16 {
        low(self.state(context, token))
    }

    /// The word of a 16-bit state.
    #[must_use]
    pub fn word_of_cell(&self, cell: u16) -> u32 {
        self.words[usize::from(cell)]
    }

    /// The hash by which a repeated context is told ([`ContextHistory`](super::ContextHistory)).
    ///
    /// # Panics
    /// When the context does not have `ngram_len` − 1 tokens.
    #[must_use]
    pub fn context_hash(&self, context: &[TokenId]) -> i64 {
        check_context(context.len(), self.ngram_len);
        fold(START, context)
    }

    /// The table of g: `randint(0, 2, 65536)` under seed 0.
    #[must_use]
    pub fn table() -> Vec<u8> {
        let mut rng = TorchRng::new(0);
        (0..STATES).map(|_| rng.randint(2) as u8).collect()
    }
}

/// # Panics
/// The methods panic when a window does not have `ngram_len` − 1 tokens.
impl Prf for HfSynthId {
    fn max_token(&self) -> TokenId {
        crate::cells::MISSING - 1
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        self.word_of_cell(self.cell(window, token))
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        check_context(cells.window(), self.ngram_len);
        assert_eq!(out.len(), cells.len(), "one word for each cell");
        // 32 bits of the state are more than enough, and twice the lanes of 64.
        out.fill(START as u32);
        for slot in 0..cells.window() {
            step_each(out, cells.slot(slot));
        }
        step_each(out, cells.tokens());
        for word in out {
            *word = self.words[usize::from(*word as u16)];
        }
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        let context = self.context_hash(window);
        for (i, word) in (0..).zip(out) {
            let state = step(context, number(first.wrapping_add(i)));
            *word = self.words[usize::from(low(state))];
        }
    }
}

/// Sums of ones of single layers, under other numbers than the key's: a layer of number k has T(c + k) in the
/// state c, T being the bits of a layer of number 0. The units are [`HfSynthId::cell`]s.
#[derive(Clone, Debug)]
pub struct TableScores {
    bits: Vec<u8>,
}

impl TableScores {
    /// For every key.
    #[must_use]
    pub fn new() -> Self {
        let layer = HfSynthId::new(&[0], 1);
        Self {
            bits: layer.words.iter().map(|&word| word as u8).collect(),
        }
    }
}

impl Default for TableScores {
    fn default() -> Self {
        Self::new()
    }
}

impl Shifted for TableScores {
    fn add_sums(&self, units: &[u64], numbers: &[u64], sums: &mut [u64]) {
        assert_eq!(numbers.len(), sums.len(), "one sum for each number");
        for (&number, sum) in numbers.iter().zip(sums) {
            let bit = |&unit: &u64| self.bits[usize::from(unit.wrapping_add(number) as u16)];
            *sum += units.iter().map(|unit| u64::from(bit(unit))).sum::<u64>();
        }
    }
}

/// Without the keys.
impl fmt::Debug for HfSynthId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HfSynthId")
            .field("ngram_len", &self.ngram_len)
            .field("layers", &self.layers)
            .finish_non_exhaustive()
    }
}

const START: i64 = 1;

fn low(state: i64) -> u16 {
    state as u16
}

fn step_each(states: &mut [u32], ids: &[TokenId]) {
    for (state, &id) in states.iter_mut().zip(ids) {
        let sum = state.wrapping_add(number(id) as u32);
        *state = sum.wrapping_mul(MULTIPLIER as u32).wrapping_add(1);
    }
}
