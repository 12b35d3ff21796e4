//! The serving engine's half of a mark.

use crate::cells::{CellBatch, TokenId};
use crate::row::RowError;
use alloc::vec::Vec;

/// Chooses tokens under a key. Schemes are generic over their [`Prf`](crate::prf::Prf), so another engine's mark is
/// another value behind this trait. A request's state is the [`Marker`](crate::marker::Marker)'s.
pub trait Sampler: Send + Sync {
    /// The largest token id the mark takes.
    fn max_token(&self) -> TokenId;

    /// Chooses among the candidates that survived truncation: cells with one window, and their
    /// logits after temperature and penalties. Returns the index of the chosen candidate.
    /// `logits` is scratch space afterwards; `uniform` in [0, 1) is the step's ordinary randomness.
    ///
    /// # Errors
    /// When a logit is NaN or +∞, or every candidate is masked (−∞).
    fn choose(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError>;

    /// Chooses among a whole row of logits, where the index is the token id. The rest is as for
    /// [`choose`](Self::choose).
    ///
    /// # Errors
    /// As for [`choose`](Self::choose).
    fn choose_row(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError>;

    /// The mark as a bias on a row of logits, for schemes that are one (`green`).
    fn as_bias(&self) -> Option<&dyn Bias> {
        None
    }
}

/// A mark that works by adding to logits, before the engine truncates and samples as it likes.
pub trait Bias {
    /// Adds the mark's bias to the logits of candidates; masked ones (−∞) stay masked.
    ///
    /// # Errors
    /// When a logit is NaN.
    fn bias(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        scratch: &mut Scratch,
    ) -> Result<(), RowError>;

    /// Adds the mark's bias to a whole row; masked tokens (−∞) stay masked.
    ///
    /// # Errors
    /// When a logit is NaN or +∞, or the row is masked throughout; the row is then not usable.
    fn bias_row(&self, window: &[TokenId], logits: &mut [f32]) -> Result<(), RowError>;
}

/// Buffers that a step needs; they grow on the first steps and are then reused.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// Words of a step's candidates.
    pub words: Vec<u32>,
    /// Weights of a step's candidates.
    pub weights: Vec<f32>,
}
