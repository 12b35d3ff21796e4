//! SynthID-Text (Dathathri et al. 2024, Nature 634), in the two versions that are in use.
//!
//! Both hash an n-gram, context and current token, with a step of a linear congruential generator
//! in wrapping signed 64-bit integers, H(h, x) = (h + x)·6364136223846793005 + 1, from a start h₀
//! on. They differ in h₀ and in how the bits g of the layers come out of the state:
//!
//! - [`HfSynthId`]: transformers up to 5.23 and the package synthid-text up to 0.2.1;
//! - [`SynthId2025`]: the GitHub repository since June 2025.
//!
//! A cell's word has the g of layer l in bit l. Contexts start as zeros, the prompt is not used: a
//! [`MISSING`] slot counts as token 0. [`ContextHistory`] tells the positions that are not marked.

use alloc::vec::Vec;

use crate::cells::{MISSING, TokenId};

mod github;
mod hf;
mod turned;

pub use github::{LayerScores, SynthId2025, content};
pub use hf::{HfSynthId, TableScores};
pub use turned::TurnedTable;

/// Tokens of an n-gram by default: four of context, and the current one.
pub const DEFAULT_NGRAM_LEN: usize = 5;

/// Contexts that are remembered by default.
pub const DEFAULT_HISTORY: usize = 1024;

/// The most layers that a word has bits for.
pub const MAX_LAYERS: usize = 32;

/// The keys of the upstream examples: public, so of no value as a secret.
pub const EXAMPLE_KEYS: [i64; 30] = [
    654, 400, 836, 123, 340, 443, 597, 160, 57, 29, 590, 639, 13, 715, 468, 990, 966, 226, 324,
    585, 118, 504, 421, 521, 129, 669, 732, 225, 90, 960,
];

/// The last context hashes of a text: a position whose context is among them is not marked, and is
/// not to be scored.
///
/// It starts, as upstream, full of zeros: a context whose hash is 0 counts as seen.
#[derive(Clone, Debug)]
pub struct ContextHistory {
    hashes: Vec<i64>,
    oldest: usize,
}

impl ContextHistory {
    /// A history of `size` contexts ([`DEFAULT_HISTORY`] by default) at the start of a text.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self {
            hashes: alloc::vec![0; size],
            oldest: 0,
        }
    }

    /// Whether the next position's context is repeated. Remembers it in any case.
    pub fn repeats(&mut self, context_hash: i64) -> bool {
        let seen = self.hashes.contains(&context_hash);
        if let Some(oldest) = self.hashes.get_mut(self.oldest) {
            *oldest = context_hash;
            self.oldest = (self.oldest + 1) % self.hashes.len();
        }
        seen
    }

    /// The start of another text.
    pub fn clear(&mut self) {
        self.hashes.fill(0);
    }
}

const MULTIPLIER: i64 = 6_364_136_223_846_793_005;

/// The weights of the layers in upstream's weighted mean, `linspace(10, 1, layers)`, as whole numbers of
/// 1/(layers − 1): 10·(layers − 1) − 9·l.
#[must_use]
pub fn layer_weights(layers: u32) -> Vec<u32> {
    match layers {
        1 => alloc::vec![1],
        _ => (0..layers).map(|l| 10 * (layers - 1) - 9 * l).collect(),
    }
}

/// H(h, x) = (h + x)·6364136223846793005 + 1, wrapping.
#[inline(always)]
#[must_use]
pub const fn step(hash: i64, x: i64) -> i64 {
    hash.wrapping_add(x)
        .wrapping_mul(MULTIPLIER)
        .wrapping_add(1)
}

fn fold(start: i64, context: &[TokenId]) -> i64 {
    context
        .iter()
        .fold(start, |hash, &id| step(hash, number(id)))
}

#[inline(always)]
fn number(id: TokenId) -> i64 {
    if id == MISSING { 0 } else { i64::from(id) }
}

fn check_layers(keys: &[i64]) {
    assert!(
        (1..=MAX_LAYERS).contains(&keys.len()),
        "SynthID has 1 to {MAX_LAYERS} keys here, one a layer, got {}",
        keys.len()
    );
}

fn check_context(context: usize, ngram_len: usize) {
    assert_eq!(
        context + 1,
        ngram_len,
        "an n-gram is the context and one more token"
    );
}
