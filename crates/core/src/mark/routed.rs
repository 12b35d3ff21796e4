//! vLLM's two keys: the step's ordinary randomness, not the key, says which of them marks.

use super::{Gumbel, Mark, Reading, Scratch};
use crate::cells::{CellBatch, TokenId};
use crate::law::Law;
use crate::prf::Prf;
use crate::row::RowError;

/// Gumbel-max sampling under key A or, with probability `share`, under key B.
pub(super) struct Routed<P> {
    a: Gumbel<P>,
    b: Gumbel<P>,
    share: f64,
}

impl<P: Prf> Routed<P> {
    pub(super) const fn new(a: P, b: P, share: f64) -> Self {
        Self {
            a: Gumbel::new(a),
            b: Gumbel::new(b),
            share,
        }
    }

    fn key(&self, uniform: f64) -> &Gumbel<P> {
        if uniform < 1.0 - self.share {
            &self.a
        } else {
            &self.b
        }
    }
}

/// Key A's: a detector scores both, as [`KeyedMark`](super::KeyedMark) does.
impl<P: Prf> Reading for Routed<P> {
    fn law(&self) -> Law {
        self.a.law()
    }

    fn max_token(&self) -> TokenId {
        self.a.max_token()
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.a.words(cells, out);
    }
}

impl<P: Prf> Mark for Routed<P> {
    fn choose(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        self.key(uniform)
            .choose(candidates, logits, uniform, scratch)
    }

    fn choose_row(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        self.key(uniform)
            .choose_row(window, logits, uniform, scratch)
    }
}
