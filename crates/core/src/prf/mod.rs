//! Pseudo-random functions: from a cell to a 32-bit word, under a key that the value holds.

use crate::cells::{CellBatch, TokenId};

mod chacha12;

pub use chacha12::ChaCha12;

/// A keyed function from cells to 32-bit words.
///
/// The value owns its key. Windows are oldest first; a slot without a token is
/// [`MISSING`](crate::cells::MISSING). All three methods compute the same function.
pub trait Prf: Send + Sync {
    /// The largest token id that the function takes.
    fn max_token(&self) -> TokenId;

    /// The word of one cell: the plain reference.
    fn word(&self, window: &[TokenId], token: TokenId) -> u32;

    /// The words of independent cells, `out[i]` for cell `i`.
    ///
    /// # Panics
    /// When `out` is not as long as `cells`.
    fn words(&self, cells: &CellBatch, out: &mut [u32]);

    /// The words of tokens `first`, `first + 1`, … after one window: a stretch of a row of logits.
    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]);
}
