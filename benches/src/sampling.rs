//! What a serving engine does to a row of logits anyway.

use crate::for_every_unit;

for_every_unit! {
    /// One read-add-write pass.
    add(logits: &mut [f32], delta: f32) = add_portable
}

for_every_unit! {
    /// Softmax into `weights` (not normalised), then the token at `uniform` of the cumulated
    /// weight.
    softmax_sample(logits: &[f32], weights: &mut [f32], uniform: f32) -> usize
        = softmax_sample_portable
}

#[inline(always)]
fn add_portable(logits: &mut [f32], delta: f32) {
    for logit in logits {
        *logit += delta;
    }
}

#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

#[inline(always)]
fn softmax_sample_portable(logits: &[f32], weights: &mut [f32], uniform: f32) -> usize {
    const STRETCH: usize = 1024;
    let mut top = [f32::NEG_INFINITY; 64];
    let (chunks, rest) = logits.as_chunks::<64>();
    for chunk in chunks {
        for (top, &logit) in top.iter_mut().zip(chunk) {
            *top = larger(*top, logit);
        }
    }
    let top = rest
        .iter()
        .chain(&top)
        .fold(f32::NEG_INFINITY, |a, &b| larger(a, b));

    let mut sums = [0.0; 512];
    assert!(logits.len() <= sums.len() * STRETCH);
    let stretches = logits.chunks(STRETCH).zip(weights.chunks_mut(STRETCH));
    for ((logits, weights), total) in stretches.zip(&mut sums) {
        let mut sum = [0.0; 64];
        let (logits, logits_rest) = logits.as_chunks::<64>();
        let (weights, weights_rest) = weights.as_chunks_mut::<64>();
        for (logits, weights) in logits.iter().zip(weights) {
            for lane in 0..64 {
                weights[lane] = exp(logits[lane] - top);
                sum[lane] += weights[lane];
            }
        }
        for (&logit, weight) in logits_rest.iter().zip(weights_rest) {
            *weight = exp(logit - top);
            sum[0] += *weight;
        }
        *total = sum.iter().sum();
    }

    let mut left = uniform * sums.iter().sum::<f32>();
    for (i, weights) in weights.chunks(STRETCH).enumerate() {
        if left >= sums[i] {
            left -= sums[i];
            continue;
        }
        for (j, &weight) in weights.iter().enumerate() {
            if left < weight {
                return i * STRETCH + j;
            }
            left -= weight;
        }
    }
    logits.len() - 1
}

/// exp for x ≤ 0, to about 2e-7: 2^n times a polynomial of the rest; 0 below -87.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2^23: adding it rounds to a whole number
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x.mul_add(core::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-0.693_359_4, x);
    let r = n.mul_add(2.121_944_4e-4, r);
    let p = r.mul_add(1.987_569_2e-4, 1.398_199_9e-3);
    let p = p.mul_add(r, 8.333_452e-3);
    let p = p.mul_add(r, 4.166_579_6e-2);
    let p = p.mul_add(r, 1.666_666_5e-1);
    let p = p.mul_add(r, 0.5);
    let y = (p * r).mul_add(r, r + 1.0);
    let scale = f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
    y * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exp() {
        for i in 0..8600 {
            let x = -0.01 * i as f32;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-6, "{x}: {}", exp(x));
        }
    }

    #[test]
    fn softmax_sample_inverts_the_distribution() {
        let logits: Vec<f32> = (0..5000).map(|i| (i % 7) as f32).collect();
        let weights: Vec<f64> = logits.iter().map(|&logit| f64::from(logit).exp()).collect();
        let total: f64 = weights.iter().sum();
        let mut scratch = vec![0.0; logits.len()];
        for uniform in [0.0, 0.1, 0.37, 0.5, 0.99] {
            let token = softmax_sample(&logits, &mut scratch, uniform);
            let before: f64 = weights[..token].iter().sum();
            let (low, high) = (before / total, (before + weights[token]) / total);
            assert!(f64::from(uniform) > low - 1e-4 && f64::from(uniform) < high + 1e-4);
        }
    }
}
