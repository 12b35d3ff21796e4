//! From logits to probabilities to an ordinary, unkeyed draw.

use crate::cells::TokenId;
use crate::row::{RowError, unusable};
use crate::simd::{Lanes, rows};

/// Writes exp(logit − max) of every logit to `weights` and returns their sum; −∞ gives 0.
///
/// # Errors
/// When a logit is NaN or +∞, or none is above −∞.
pub(crate) fn weights(logits: &[f32], weights: &mut [f32]) -> Result<f64, RowError> {
    let top = top_logit(logits)?;
    Ok(Lanes::detect().run(
        #[inline(always)]
        || weights_portable(logits, top, weights),
    ))
}

#[inline(always)]
fn weights_portable(logits: &[f32], top: f32, weights: &mut [f32]) -> f64 {
    for (&logit, of) in logits.iter().zip(weights.iter_mut()) {
        *of = weight(logit, top, 1.0);
    }
    let mut total = 0.0;
    for chunk in weights.chunks(LANES) {
        let mut sums = [0.0f32; 16];
        let (parts, rest) = chunk.as_chunks::<16>();
        for part in parts {
            for (sum, &weight) in sums.iter_mut().zip(part) {
                *sum += weight;
            }
        }
        let whole: f32 = sums.iter().sum();
        total += f64::from(whole + rest.iter().sum::<f32>());
    }
    total
}

/// The weight of a logit beside the largest one.
#[inline(always)]
pub(crate) fn weight(logit: f32, top: f32, inverse_temperature: f32) -> f32 {
    exp_nonpositive((logit - top) * inverse_temperature)
}

/// The sum of all weights beside the largest logit `top`.
pub(crate) fn total(logits: &[f32], top: f32, inverse_temperature: f32) -> f64 {
    Lanes::detect().run(
        #[inline(always)]
        || {
            let (chunks, rest) = logits.as_chunks::<LANES>();
            let mut all = 0.0;
            for chunk in chunks {
                all += sum(chunk, top, inverse_temperature);
            }
            let mut last = [f32::NEG_INFINITY; LANES];
            last[..rest.len()].copy_from_slice(rest);
            all + sum(&last, top, inverse_temperature)
        },
    )
}

/// The sum of the weights of a stretch, in an order that vector units keep.
#[inline(always)]
fn sum(chunk: &[f32; LANES], top: f32, inverse_temperature: f32) -> f64 {
    let mut sums = [0.0f32; 16];
    for part in chunk.as_chunks::<16>().0 {
        for (sum, &logit) in sums.iter_mut().zip(part) {
            *sum += weight(logit, top, inverse_temperature);
        }
    }
    f64::from(sums.iter().sum::<f32>())
}

/// The index that `uniform` in [0, 1) falls on when the logits' weights are laid end to end, without room for them: the
/// stretch that it falls into is weighed twice.
///
/// # Errors
/// As for [`weights`].
pub(crate) fn draw(logits: &[f32], uniform: f64) -> Result<usize, RowError> {
    let top = top_logit(logits)?;
    let left = uniform * total(logits, top, 1.0);
    let (last, left) = Lanes::detect().run(
        #[inline(always)]
        || stretch_of(logits, top, left),
    );
    let chunk = logits.chunks(LANES).nth(last).unwrap_or_default();
    let mut weights = [0.0; LANES];
    for (weight_of, &logit) in weights.iter_mut().zip(chunk) {
        *weight_of = weight(logit, top, 1.0);
    }
    Ok(last * LANES + pick(&weights[..chunk.len()], left, 1.0))
}

/// The stretch that a weight falls on when all are laid end to end, and what of the weight is left there.
#[inline(always)]
fn stretch_of(logits: &[f32], top: f32, mut left: f64) -> (usize, f64) {
    let mut last = 0;
    for (stretch, chunk) in logits.chunks(LANES).enumerate() {
        let mut whole = [f32::NEG_INFINITY; LANES];
        whole[..chunk.len()].copy_from_slice(chunk);
        let held = sum(&whole, top, 1.0);
        if held > 0.0 {
            last = stretch;
            if left < held {
                break;
            }
            left -= held;
        }
    }
    (last, left)
}

/// The index that `uniform` in [0, 1) falls on when `weights` with sum `total` are laid end to end.
pub(crate) fn pick(weights: &[f32], total: f64, uniform: f64) -> usize {
    let mut left = uniform * total;
    let mut last = 0;
    for (index, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            left -= f64::from(weight);
            last = index;
            if left < 0.0 {
                break;
            }
        }
    }
    last
}

/// The index of the largest logit, the lowest one among equals.
///
/// # Errors
/// As for [`weights`].
pub(crate) fn arg_max(logits: &[f32]) -> Result<usize, RowError> {
    let top = top_logit(logits)?;
    logits
        .iter()
        .position(|&logit| logit == top)
        .ok_or(RowError::AllMasked)
}

const LANES: usize = 64;

fn top_logit(logits: &[f32]) -> Result<f32, RowError> {
    match rows::scan(Lanes::detect(), logits) {
        (_, false) => Err(unusable(logits, |at| at as TokenId)),
        (f32::NEG_INFINITY, true) => Err(RowError::AllMasked),
        (top, true) => Ok(top),
    }
}

/// eˣ for x ≤ 0 with a relative error below 3e-7, 0 below −87; no branch, so that loops over it
/// become vector code.
#[inline(always)]
fn exp_nonpositive(x: f32) -> f32 {
    let clamped = x.max(-87.0);
    // Round x/ln 2 to the nearest integer by adding and taking away 1.5·2²³.
    const SHIFT: f32 = 12_582_912.0;
    let k = (clamped * core::f32::consts::LOG2_E + SHIFT) - SHIFT;
    // ln 2 in two parts, so that k·ln 2 loses nothing.
    let r = (clamped - k * 0.693_359_4) - k * -2.121_944_4e-4;
    // Taylor series to degree 6 on |r| ≤ ½ ln 2.
    let series = 1.0
        + r * (1.0
            + r * (0.5
                + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0))))));
    let scale = f32::from_bits(((k as i32 + 127) as u32) << 23);
    if x < -87.0 { 0.0 } else { series * scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_is_accurate_to_single_precision() {
        for step in 0..=87_000 {
            let x = -(step as f32) / 1000.0;
            let exact = f64::from(x).exp();
            let relative = (f64::from(exp_nonpositive(x)) - exact).abs() / exact;
            assert!(relative < 3e-7, "exp({x}) is off by {relative}");
        }
        assert_eq!(exp_nonpositive(f32::NEG_INFINITY), 0.0);
    }

    #[test]
    fn pick_never_lands_on_a_zero_weight() {
        let weights = [0.0, 1.0, 0.0, 3.0, 0.0];
        assert_eq!(pick(&weights, 4.0, 0.0), 1);
        assert_eq!(pick(&weights, 4.0, 0.249), 1);
        assert_eq!(pick(&weights, 4.0, 0.25), 3);
        assert_eq!(pick(&weights, 4.0, 0.999_999_999_999), 3);
        assert_eq!(
            pick(&weights, 4.5, 0.999),
            3,
            "a rounded-up total still picks the last"
        );
    }
}
