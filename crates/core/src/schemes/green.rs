//! `green`: adds δ to the logits of a keyed part γ of the vocabulary, then samples as usual
//! (Kirchenbauer et al. 2023, with independent cells instead of a permutation's list).

use crate::cells::{CellBatch, TokenId};
use crate::law::Law;
use crate::mark::{Bias, Reading, Sampler, Scratch};
use crate::prf::Prf;
use crate::row::{self, RowError};
use crate::softmax;

/// A green list by threshold on each cell's word.
pub struct Green<P> {
    prf: P,
    threshold: u32,
    delta: f32,
}

impl<P: Prf> Green<P> {
    /// Cells whose word is below `threshold` are green; their logits rise by `delta` nats.
    pub const fn new(prf: P, threshold: u32, delta: f32) -> Self {
        Self {
            prf,
            threshold,
            delta,
        }
    }
}

impl<P: Prf> Reading for Green<P> {
    fn law(&self) -> Law {
        Law::Bernoulli {
            threshold: self.threshold,
        }
    }

    fn max_token(&self) -> TokenId {
        self.prf.max_token()
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.prf.words(cells, out);
    }
}

impl<P: Prf> Sampler for Green<P> {
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
        self.bias(candidates, logits, scratch)?;
        draw(logits, uniform, scratch)
    }

    fn choose_row(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        self.bias_row(window, logits)?;
        draw(logits, uniform, scratch)
    }

    fn as_bias(&self) -> Option<&dyn Bias> {
        Some(self)
    }
}

impl<P: Prf> Bias for Green<P> {
    fn bias(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        scratch: &mut Scratch,
    ) -> Result<(), RowError> {
        scratch.words.resize(candidates.len(), 0);
        self.prf.words(candidates, &mut scratch.words);
        for (logit, &word) in logits.iter_mut().zip(&scratch.words) {
            if word < self.threshold {
                *logit += self.delta;
            }
        }
        Ok(())
    }

    fn bias_row(&self, window: &[TokenId], logits: &mut [f32]) -> Result<(), RowError> {
        row::green_row(&self.prf, window, self.threshold, self.delta, logits)
    }
}

fn draw(logits: &[f32], uniform: f64, scratch: &mut Scratch) -> Result<usize, RowError> {
    scratch.weights.resize(logits.len(), 0.0);
    let total = softmax::weights(logits, &mut scratch.weights)?;
    Ok(softmax::pick(&scratch.weights, total, uniform))
}
