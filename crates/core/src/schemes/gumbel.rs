//! `gumbel`: argmax of log p − ln(−ln u). For a fresh window this samples exactly from the model.

use crate::cells::{CellBatch, TokenId};
use crate::law::Law;
use crate::mark::{Reading, Sampler, Scratch};
use crate::prf::Prf;
use crate::row::{self, RowError};

/// Gumbel-max sampling with keyed noise (Aaronson 2022).
pub struct Gumbel<P> {
    prf: P,
}

impl<P: Prf> Gumbel<P> {
    /// The scheme over the words of `prf`.
    pub const fn new(prf: P) -> Self {
        Self { prf }
    }
}

impl<P: Prf> Reading for Gumbel<P> {
    fn law(&self) -> Law {
        Law::Exponential
    }

    fn max_token(&self) -> TokenId {
        self.prf.max_token()
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.prf.words(cells, out);
    }
}

impl<P: Prf> Sampler for Gumbel<P> {
    fn max_token(&self) -> TokenId {
        Reading::max_token(self)
    }

    fn choose(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        _uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        scratch.words.resize(candidates.len(), 0);
        row::gumbel_argmax_candidates(&self.prf, candidates, logits, &mut scratch.words)
    }

    fn choose_row(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        _uniform: f64,
        _scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        row::gumbel_argmax_row(&self.prf, window, logits)
    }
}
