//! Sampling without a mark, in the order of operations of llama.cpp's `dist`, so that both select the same token.

use hallmark_core::row::RowError;
use llama_cpp_sys_2::llama_token_data;

/// Writes exp(logit − largest logit) into each candidate's `p`, and returns their sum.
///
/// `sorted` says that the first logit is the largest. Candidates are not empty.
pub(crate) fn weigh(candidates: &mut [llama_token_data], sorted: bool) -> Result<f64, RowError> {
    if let Some(bad) = candidates
        .iter()
        .find(|candidate| candidate.logit.is_nan() || candidate.logit == f32::INFINITY)
    {
        let token = bad.id as u32;
        return Err(if bad.logit.is_nan() {
            RowError::NaN { token }
        } else {
            RowError::Infinite { token }
        });
    }
    let top = match sorted {
        true => candidates[0].logit,
        false => candidates
            .iter()
            .map(|candidate| candidate.logit)
            .fold(f32::NEG_INFINITY, f32::max),
    };
    if top == f32::NEG_INFINITY {
        return Err(RowError::AllMasked);
    }
    let mut total = 0.0;
    for candidate in candidates {
        candidate.p = (candidate.logit - top).exp();
        total += f64::from(candidate.p);
    }
    Ok(total)
}

/// The first candidate at which the running sum of weights reaches `uniform` of their `total`.
pub(crate) fn pick(candidates: &[llama_token_data], total: f64, uniform: f64) -> usize {
    let target = total * uniform;
    let mut sum = 0.0;
    let reached = candidates.iter().position(|candidate| {
        sum += f64::from(candidate.p);
        // A masked candidate has no weight, and is not taken where the target is 0.
        sum >= target && candidate.p > 0.0
    });
    reached.unwrap_or_else(|| likeliest(candidates))
}

/// Makes the weights in `p` probabilities.
pub(crate) fn normalise(candidates: &mut [llama_token_data], total: f64) {
    for candidate in candidates {
        candidate.p = (f64::from(candidate.p) / total) as f32;
    }
}

/// The first of those with the largest logit; NaN is below all.
pub(crate) fn likeliest(candidates: &[llama_token_data]) -> usize {
    let (mut best, mut top) = (0, f32::NEG_INFINITY);
    for (at, candidate) in candidates.iter().enumerate() {
        if candidate.logit > top {
            (best, top) = (at, candidate.logit);
        }
    }
    best
}

/// A candidate from logits that are not all usable: +∞ wins, NaN counts for masked, and of nothing but masked ones the
/// first is taken.
pub(crate) fn salvage(candidates: &mut [llama_token_data], uniform: f64) -> usize {
    let best = likeliest(candidates);
    let top = candidates[best].logit;
    if !top.is_finite() {
        return best;
    }
    let mut total = 0.0;
    for candidate in candidates.iter_mut() {
        let logit = if candidate.logit.is_nan() {
            f32::NEG_INFINITY
        } else {
            candidate.logit
        };
        candidate.p = (logit - top).exp();
        total += f64::from(candidate.p);
    }
    let picked = pick(candidates, total, uniform);
    normalise(candidates, total);
    picked
}
