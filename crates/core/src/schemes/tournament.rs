//! `tournament`: SynthID's two-leaf tournament (Dathathri et al. 2024, Nature 634, eq. 5 and
//! supplementary H), layer l deciding by bit l of the cell's word.
//!
//! Each layer plays every token against an independent copy of the distribution: with g the
//! layer's bits, p(t) becomes p(t)·(1 + g(t) − Σ p·g). The token is then drawn with ordinary
//! randomness from the last distribution.

use crate::cells::{CellBatch, TokenId};
use crate::law::Law;
use crate::mark::{Reading, Sampler, Scratch};
use crate::prf::Prf;
use crate::row::RowError;
use crate::simd::{Lanes, tournament};
use crate::softmax;

/// Two-leaf tournament sampling.
pub struct Tournament<P> {
    prf: P,
    layers: u32,
}

impl<P: Prf> Tournament<P> {
    /// A tournament of 1 to 32 layers.
    ///
    /// # Panics
    /// With another number of layers; a checked profile's is within.
    pub const fn new(prf: P, layers: u32) -> Self {
        assert!(
            layers >= 1 && layers <= 32,
            "a tournament has 1 to 32 layers"
        );
        Self { prf, layers }
    }

    /// Plays all layers over the words in `scratch`, which are padded here to whole blocks of tokens without weight.
    fn play(&self, logits: &[f32], uniform: f64, scratch: &mut Scratch) -> Result<usize, RowError> {
        let Scratch { words, weights } = scratch;
        let padded = logits.len().next_multiple_of(tournament::BLOCK);
        weights.resize(logits.len(), 0.0);
        let total = softmax::weights(logits, weights)?;
        weights.resize(padded, 0.0);
        words.resize(padded, 0);
        let total = tournament::play(Lanes::detect(), weights, words, self.layers, total);
        Ok(softmax::pick(weights, total, uniform))
    }
}

impl<P: Prf> Reading for Tournament<P> {
    fn law(&self) -> Law {
        Law::Bits {
            layers: self.layers,
        }
    }

    fn max_token(&self) -> TokenId {
        self.prf.max_token()
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.prf.words(cells, out);
    }
}

impl<P: Prf> Sampler for Tournament<P> {
    fn max_token(&self) -> TokenId {
        Reading::max_token(self)
    }

    fn choose(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        scratch.words.resize(candidates.len(), 0);
        self.prf.words(candidates, &mut scratch.words);
        self.play(logits, uniform, scratch)
    }

    fn choose_row(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        scratch.words.resize(logits.len(), 0);
        self.prf.row(window, 0, &mut scratch.words);
        self.play(logits, uniform, scratch)
    }
}
