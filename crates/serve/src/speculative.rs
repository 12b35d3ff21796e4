//! Speculative decoding with two keys: drafts under one, recovery under the other.

use crate::request::{Request, RequestError};
use hallmark_core::cells::TokenId;
use hallmark_core::marker::Choice;

/// What becomes of a drafted token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is emitted.
    Accepted,
    /// Another token is, and the drafts behind it are dropped.
    Recovered(Choice),
}

/// Accepts a drafted token with probability min(1, p/q), or draws another one from the rest, max(p − q, 0) (Leviathan et al. 2023,
/// algorithm 1), under the mark of `recovery`.
///
/// `draft` and `target` are the two models' logits at the position, indexed by token, both after temperature and truncation; the token was
/// sampled from `draft` under the drafting key, whose words must be independent of those of `recovery`'s: another cohort's key.
/// `target` is scratch space afterwards. `uniform` decides about acceptance; without it the request's own randomness does. Over keys and
/// ordinary randomness the emitted token has the target's distribution, and the draft is accepted with probability Σ min(p, q), as without
/// marks. Nothing is accepted into either request: both are told the token that was emitted.
///
/// # Errors
/// When the rows have different lengths, or one has no usable logit.
pub fn verify(
    recovery: &mut Request,
    target: &mut [f32],
    draft: &[f32],
    token: TokenId,
    uniform: Option<f64>,
) -> Result<Verdict, RequestError> {
    let (p, q) = (Softmax::of(target)?, Softmax::of(draft)?);
    if draft.len() != target.len() || token as usize >= target.len() {
        return Err(RequestError::Rows {
            target: target.len(),
            draft: draft.len(),
            token,
        });
    }
    let uniform = recovery.uniform(uniform)?;
    let at = token as usize;
    if uniform * q.probability(draft[at]) < p.probability(target[at]) {
        return Ok(Verdict::Accepted);
    }
    let mut rest = 0.0;
    for (target, &draft) in target.iter_mut().zip(draft) {
        let left = (p.probability(*target) - q.probability(draft)).max(0.0);
        rest += left;
        *target = left.ln() as f32;
    }
    // Equal distributions but for rounding: nothing is left to draw from.
    if rest <= 0.0 {
        return Ok(Verdict::Accepted);
    }
    Ok(Verdict::Recovered(recovery.choose_row(target, None, None)?))
}

/// What turns logits into probabilities.
struct Softmax {
    top: f64,
    total: f64,
}

impl Softmax {
    fn of(row: &[f32]) -> Result<Self, RequestError> {
        hallmark_core::row::check(row)?;
        let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let top = f64::from(top);
        let weights = row.iter().map(|&logit| (f64::from(logit) - top).exp());
        Ok(Self {
            top,
            total: weights.sum(),
        })
    }

    fn probability(&self, logit: f32) -> f64 {
        (f64::from(logit) - self.top).exp() / self.total
    }
}
