//! Cross-entropy and its gradient.

use super::exp;

/// A target that does not count.
pub(crate) const IGNORED: u32 = u32::MAX;

/// The sum over rows of logits of the cross-entropy in nats against `targets`, leaving out [`IGNORED`] ones.
pub(crate) fn cross_entropy(logits: &[f32], targets: &[u32]) -> f64 {
    let mut total = 0.0;
    for (row, &target) in rows(logits, targets) {
        if target != IGNORED {
            let (max, sum) = normaliser(row);
            total += f64::from(max + sum.ln() - row[target as usize]);
        }
    }
    total
}

/// The gradient of [`cross_entropy`] times `weight`.
pub(crate) fn cross_entropy_gradient(logits: &[f32], targets: &[u32], weight: f32) -> Vec<f32> {
    let mut out = vec![0.0; logits.len()];
    let vocab = logits.len() / targets.len();
    for ((row, &target), out) in rows(logits, targets).zip(out.chunks_exact_mut(vocab)) {
        if target == IGNORED {
            continue;
        }
        let (max, sum) = normaliser(row);
        let scale = weight / sum;
        for (out, &logit) in out.iter_mut().zip(row) {
            *out = exp(logit - max) * scale;
        }
        out[target as usize] -= weight;
    }
    out
}

fn rows<'a>(logits: &'a [f32], targets: &'a [u32]) -> impl Iterator<Item = (&'a [f32], &'a u32)> {
    logits
        .chunks_exact(logits.len() / targets.len())
        .zip(targets)
}

/// The largest logit and the sum of exponentials relative to it, with eight running values each.
fn normaliser(row: &[f32]) -> (f32, f32) {
    let mut largest = [f32::NEG_INFINITY; 8];
    for chunk in row.chunks(8) {
        for (largest, &x) in largest.iter_mut().zip(chunk) {
            *largest = if x > *largest { x } else { *largest };
        }
    }
    let max = largest.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let mut sums = [0.0f32; 8];
    for chunk in row.chunks(8) {
        for (sum, &x) in sums.iter_mut().zip(chunk) {
            *sum += exp(x - max);
        }
    }
    (max, sums.iter().sum())
}
