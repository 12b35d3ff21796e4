//! One row of logits at a time: choosing a token with keyed noise, or shifting the green tokens.
//!
//! A row is an `f32` logit for each token id from 0; −∞ masks a token, and a masked token is never
//! chosen. Everything here takes any [`Prf`](crate::prf::Prf), asks it for words in stretches that
//! stay in the nearest cache, and allocates nothing.

use thiserror::Error;

use crate::cells::TokenId;
use crate::simd::{Lanes, rows};

mod green;
mod gumbel;
#[cfg(feature = "half")]
mod logits;

pub use green::green_row;
pub use gumbel::{gumbel_argmax_candidates, gumbel_argmax_row};
#[cfg(feature = "half")]
pub use logits::Logits;

/// Why no token can be drawn from these logits. The request fails; the process does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RowError {
    /// The model, or a penalty applied to its output, went wrong.
    #[error(
        "the logit of token {token} is NaN; mask a token with -inf, and look for overflow in the model"
    )]
    NaN {
        /// The first such token.
        token: TokenId,
    },
    /// A logit of +∞ leaves nothing to draw.
    #[error("the logit of token {token} is +inf; mask the other tokens with -inf to force a token")]
    Infinite {
        /// The first such token.
        token: TokenId,
    },
    /// A grammar or a truncation left nothing, or the row is empty.
    #[error("all tokens are masked; the grammar or the truncation leaves nothing to choose from")]
    AllMasked,
    /// The row is longer than the function has token ids.
    #[error("the row has {tokens} logits, but the PRF takes token ids up to {max_token}")]
    TooLong {
        /// Length of the row.
        tokens: usize,
        /// The largest id that the function takes.
        max_token: TokenId,
    },
    /// The buffers given for a batch of candidates do not match it.
    #[error("{cells} cells need as many logits and words of scratch, got {logits} and {scratch}")]
    Lengths {
        /// Cells in the batch.
        cells: usize,
        /// Logits given.
        logits: usize,
        /// Words of scratch given.
        scratch: usize,
    },
}

/// Words asked for at a time: 8 KiB, beside as much of the row.
const STRETCH: usize = 2048;

/// The largest logit of each stretch of a row, as far as there is room for them (262,144 tokens).
struct Peaks([f32; 128]);

impl Peaks {
    fn new() -> Self {
        Self([f32::INFINITY; 128])
    }

    /// The largest logit of a stretch, or +∞ where it was not noted.
    fn of(&self, stretch: usize) -> f32 {
        self.0.get(stretch).copied().unwrap_or(f32::INFINITY)
    }
}

/// Position and value of the largest logit; `id` names the token at a position in errors.
fn largest(
    lanes: Lanes,
    logits: &[f32],
    peaks: &mut Peaks,
    id: impl Fn(usize) -> TokenId,
) -> Result<(usize, f32), RowError> {
    let (mut top, mut from) = (f32::NEG_INFINITY, 0);
    for (i, stretch) in logits.chunks(STRETCH).enumerate() {
        let (peak, usable) = rows::scan(lanes, stretch);
        if !usable {
            return Err(unusable(stretch, |at| id(i * STRETCH + at)));
        }
        if let Some(noted) = peaks.0.get_mut(i) {
            *noted = peak;
        }
        if peak > top {
            (top, from) = (peak, i * STRETCH);
        }
    }
    if top == f32::NEG_INFINITY {
        return Err(RowError::AllMasked);
    }
    let at = logits[from..].iter().position(|&logit| logit == top);
    Ok((
        from + at.expect("a scan found this peak in the stretch"),
        top,
    ))
}

/// Whether a token can be drawn from these logits.
///
/// # Errors
/// When a logit is NaN or +∞, or none is above −∞.
pub fn check(logits: &[f32]) -> Result<(), RowError> {
    largest(Lanes::detect(), logits, &mut Peaks::new(), |at| {
        at as TokenId
    })
    .map(|_| ())
}

#[cold]
pub(crate) fn unusable(logits: &[f32], id: impl Fn(usize) -> TokenId) -> RowError {
    let at = logits
        .iter()
        .position(|&logit| logit.is_nan() || logit == f32::INFINITY);
    let at = at.expect("a scan found an unusable logit");
    let token = id(at);
    if logits[at].is_nan() {
        RowError::NaN { token }
    } else {
        RowError::Infinite { token }
    }
}

fn check_length(tokens: usize, max_token: TokenId) -> Result<(), RowError> {
    if tokens as u64 > u64::from(max_token) + 1 {
        return Err(RowError::TooLong { tokens, max_token });
    }
    Ok(())
}
