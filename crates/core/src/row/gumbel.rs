//! The Gumbel trick: the arg-max of logit + g is a draw from the softmax of the logits.
//!
//! g = −ln(−ln u) with u = (w + ½)/2^32, in 64-bit floats; ties go to the lowest token id.
//! (S. Aaronson's scheme in the form of Gumbel-max sampling.)
//!
//! The result is exactly that of taking both logarithms for every token. Few are taken: the token
//! with the largest logit is scored first, and another one only when its logit and an upper bound
//! of its noise reach the best so far. The bound needs no logarithm.

use crate::cells::{CellBatch, TokenId};
use crate::prf::Prf;
use crate::row::{Peaks, RowError, STRETCH, check_length, largest};
use crate::simd::{Lanes, rows};

/// The token with the largest logit + noise, over a whole row.
///
/// `logits[t]` is the logit of token `t`; −∞ masks it.
///
/// # Errors
/// [`RowError`] when a logit is NaN or +∞, all are −∞, or the row is longer than `prf` has token
/// ids.
///
/// # Panics
/// When `prf` does not take windows of this length.
pub fn gumbel_argmax_row(
    prf: &dyn Prf,
    window: &[TokenId],
    logits: &[f32],
) -> Result<usize, RowError> {
    check_length(logits.len(), prf.max_token())?;
    let lanes = Lanes::detect();
    let mut peaks = Peaks::new();
    let (token, logit) = largest(lanes, logits, &mut peaks, |at| at as TokenId)?;
    let mut best = Best::new(token as TokenId, logit, prf.word(window, token as TokenId));
    let mut words = [0; STRETCH];
    for (i, stretch) in logits.chunks(STRETCH).enumerate() {
        // Under a grammar most stretches are masked and need no words at all.
        if peaks.of(i) + rows::MAX_GUMBEL >= best.floor() {
            let first = (i * STRETCH) as TokenId;
            let words = &mut words[..stretch.len()];
            prf.row(window, first, words);
            best.challenge(lanes, stretch, words, |at| first + at as TokenId);
        }
    }
    Ok(best.token as usize)
}

/// The position in `cells` of the candidate with the largest logit + noise.
///
/// `logits[i]` is the logit of cell `i`, −∞ masks it; the cells may come in any order and ties go
/// to the lowest token id. `scratch` is overwritten; like `logits` it is as long as `cells`.
///
/// # Errors
/// [`RowError`] when a logit is NaN or +∞, all are −∞, there are no cells, or the lengths differ.
///
/// # Panics
/// When `prf` does not take windows of this length.
pub fn gumbel_argmax_candidates(
    prf: &dyn Prf,
    cells: &CellBatch,
    logits: &[f32],
    scratch: &mut [u32],
) -> Result<usize, RowError> {
    if logits.len() != cells.len() || scratch.len() != cells.len() {
        return Err(RowError::Lengths {
            cells: cells.len(),
            logits: logits.len(),
            scratch: scratch.len(),
        });
    }
    let lanes = Lanes::detect();
    let tokens = cells.tokens();
    let (at, logit) = largest(lanes, logits, &mut Peaks::new(), |at| tokens[at])?;
    prf.words(cells, scratch);
    let mut best = Best::new(tokens[at], logit, scratch[at]);
    best.at = at;
    best.challenge(lanes, logits, scratch, |at| tokens[at]);
    Ok(best.at)
}

struct Best {
    value: f64,
    token: TokenId,
    /// Position in the stretch given last.
    at: usize,
}

impl Best {
    fn new(token: TokenId, logit: f32, word: u32) -> Self {
        Self {
            value: f64::from(logit) + gumbel(word),
            token,
            at: 0,
        }
    }

    /// Lets every position of a stretch compete.
    fn challenge(
        &mut self,
        lanes: Lanes,
        logits: &[f32],
        words: &[u32],
        token: impl Fn(usize) -> TokenId,
    ) {
        let mut from = 0;
        loop {
            from += rows::next_contender(lanes, &logits[from..], &words[from..], self.floor());
            if from == logits.len() {
                return;
            }
            let rival = Self {
                at: from,
                ..Self::new(token(from), logits[from], words[from])
            };
            let tie = rival.value == self.value && rival.token < self.token;
            if rival.value > self.value || tie {
                *self = rival;
            }
            from += 1;
        }
    }

    /// When the 32-bit sum of a logit and an upper bound of its noise is below this, then the
    /// 64-bit sum of the logit and the noise is below the best: one step down makes the rounded
    /// best at most the best, a second makes up for the rounding of the sum.
    fn floor(&self) -> f32 {
        (self.value as f32).next_down().next_down()
    }
}

/// Gumbel noise: −ln(−ln u), u = (w + ½)/2^32. Between −3.1 and 22.9.
fn gumbel(word: u32) -> f64 {
    let u = (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0);
    -libm::log(-libm::log(u))
}
