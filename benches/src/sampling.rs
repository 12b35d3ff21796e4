//! What a serving engine does to a row of logits anyway.

use crate::for_every_unit;

for_every_unit! {
    /// One read-add-write pass.
    add(logits: &mut [f32], delta: f32) = add_portable
}

for_every_unit! {
    /// The largest logit of each 64 tokens; `maxima` holds one for each.
    chunk_maxima(logits: &[f32], maxima: &mut [f32]) = chunk_maxima_portable
}

for_every_unit! {
    /// Softmax into `weights` (not normalised), then the token at `uniform` of the cumulated weight.
    softmax_sample(logits: &[f32], weights: &mut [f32], uniform: f32) -> usize
        = softmax_sample_portable
}

const CHUNK: usize = 64;

#[inline(always)]
fn add_portable(logits: &mut [f32], delta: f32) {
    for logit in logits {
        *logit += delta;
    }
}

#[inline(always)]
fn chunk_maxima_portable(logits: &[f32], maxima: &mut [f32]) {
    let (chunks, _) = logits.as_chunks::<CHUNK>();
    for (chunk, out) in chunks.iter().zip(maxima) {
        let mut top = [f32::NEG_INFINITY; 16];
        for part in chunk.as_chunks::<16>().0 {
            for (top, &logit) in top.iter_mut().zip(part) {
                *top = if logit > *top { logit } else { *top };
            }
        }
        *out = top.iter().fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });
    }
}

/// The `k` largest logits of a row, by the maxima of chunks: the k-th largest maximum is a lower bound
/// of the k-th largest logit, so that only chunks that reach it are read again.
pub struct TopK {
    maxima: Vec<f32>,
    order: Vec<i32>,
    found: Vec<(i32, u32)>,
}

impl TopK {
    /// For rows of `tokens`, a multiple of 64.
    #[must_use]
    pub fn new(tokens: usize) -> Self {
        let chunks = tokens / CHUNK;
        Self { maxima: vec![0.0; chunks], order: Vec::with_capacity(chunks), found: Vec::new() }
    }

    /// (ordered key of the logit, token) of the `k` largest, in no order.
    pub fn select(&mut self, logits: &[f32], k: usize) -> &[(i32, u32)] {
        chunk_maxima(logits, &mut self.maxima);
        self.order.clear();
        self.order.extend(self.maxima.iter().map(|&top| !ordered(top)));
        let threshold = !*self.order.select_nth_unstable(k - 1).1;
        self.found.clear();
        for (i, chunk) in logits.as_chunks::<CHUNK>().0.iter().enumerate() {
            if ordered(self.maxima[i]) >= threshold {
                let tokens = (i * CHUNK) as u32..;
                let keys = chunk.iter().map(|&logit| ordered(logit)).zip(tokens);
                self.found.extend(keys.filter(|&(key, _)| key >= threshold));
            }
        }
        self.found.select_nth_unstable_by_key(k - 1, |&(key, _)| !key);
        &self.found[..k]
    }
}

/// Integers in the order of floats.
fn ordered(x: f32) -> i32 {
    let bits = x.to_bits() as i32;
    bits ^ ((bits >> 31) & i32::MAX)
}

#[inline(always)]
fn softmax_sample_portable(logits: &[f32], weights: &mut [f32], uniform: f32) -> usize {
    const STRETCH: usize = 1024;
    let mut top = [f32::NEG_INFINITY; 64];
    let (chunks, rest) = logits.as_chunks::<64>();
    for chunk in chunks {
        for (top, &logit) in top.iter_mut().zip(chunk) {
            *top = if logit > *top { logit } else { *top };
        }
    }
    let top = rest.iter().chain(&top).fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });

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
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * 0.693_359_375 + n * 2.121_944_4e-4;
    let p = 1.987_569_2e-4 * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let y = p * r * r + r + 1.0;
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
    fn top_k_is_the_sorted_head() {
        let logits: Vec<f32> =
            (0..8192u32).map(|i| (i.wrapping_mul(2_654_435_769) >> 8) as f32 - 8e6).collect();
        let mut sorted: Vec<i32> = logits.iter().map(|&logit| ordered(logit)).collect();
        sorted.sort_unstable_by_key(|&key| !key);
        let mut top = TopK::new(8192);
        let mut keys: Vec<i32> = top.select(&logits, 100).iter().map(|&(key, _)| key).collect();
        keys.sort_unstable_by_key(|&key| !key);
        assert_eq!(keys, sorted[..100]);
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
