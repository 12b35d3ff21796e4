//! Green tokens, over a whole row.
//!
//! Kirchenbauer et al., "A Watermark for Large Language Models" (ICML 2023), algorithm 2 (soft
//! list): here a token is green when its word is below a threshold, which needs no permutation of
//! the vocabulary.

use crate::cells::TokenId;
use crate::prf::Prf;
use crate::row::{Peaks, RowError, STRETCH, check_length, largest};
use crate::simd::{Lanes, rows};

/// Adds `delta` to the logit of every token whose word is below `threshold` (⌊γ·2^32⌋).
///
/// `logits[t]` is the logit of token `t`. A masked token (−∞) stays masked.
///
/// # Errors
/// [`RowError`] when a logit is NaN or +∞, all are −∞, or the row is longer than `prf` has token
/// ids. The row is checked first: after an error it is as it was.
///
/// # Panics
/// When `prf` does not take windows of this length.
pub fn green_row(
    prf: &dyn Prf,
    window: &[TokenId],
    threshold: u32,
    delta: f32,
    logits: &mut [f32],
) -> Result<(), RowError> {
    check_length(logits.len(), prf.max_token())?;
    let lanes = Lanes::detect();
    let mut peaks = Peaks::new();
    largest(lanes, logits, &mut peaks, |at| at as TokenId)?;
    let mut words = [0; STRETCH];
    for (i, stretch) in logits.chunks_mut(STRETCH).enumerate() {
        // Under a grammar most stretches are masked and need no words at all.
        if peaks.of(i) > f32::NEG_INFINITY {
            let first = (i * STRETCH) as TokenId;
            let words = &mut words[..stretch.len()];
            prf.row(window, first, words);
            rows::add_below(lanes, stretch, words, threshold, delta);
        }
    }
    Ok(())
}
