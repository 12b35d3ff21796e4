//! The detector's half of a mark.

use crate::cells::{CellBatch, TokenId};
use crate::law::Law;
use crate::prf::Prf;
use alloc::sync::Arc;

/// Cells to words, and how words are scored.
pub trait Reading: Send + Sync {
    /// How a cell's word is scored.
    fn law(&self) -> Law;

    /// The largest token id the mark takes.
    fn max_token(&self) -> TokenId;

    /// The word that the law scores, for each of `cells`. May allocate.
    ///
    /// # Panics
    /// When `out` is not as long as `cells`.
    fn words(&self, cells: &CellBatch, out: &mut [u32]);
}

/// The words of a function under a law.
pub struct Scored<P> {
    prf: P,
    law: Law,
}

impl<P: Prf + 'static> Scored<P> {
    /// The words of `prf`, scored by `law`.
    #[must_use]
    pub fn by(prf: P, law: Law) -> Arc<dyn Reading> {
        Arc::new(Self { prf, law })
    }
}

impl<P: Prf> Reading for Scored<P> {
    fn law(&self) -> Law {
        self.law
    }

    fn max_token(&self) -> TokenId {
        self.prf.max_token()
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.prf.words(cells, out);
    }
}
