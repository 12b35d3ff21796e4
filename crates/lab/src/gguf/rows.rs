//! The parts of a step that work on each row alone, in loops that become vector code for the machine at hand.

use super::vector::vectorised;
use crate::kernels::exp;

/// Root-mean-square normalisation (Zhang and Sennrich 2019): each row of `x`, as wide as `gain`, is divided by its root
/// mean square and multiplied by `gain`.
pub(super) fn normalise(x: &[f32], gain: &[f32], epsilon: f32) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    vectorised(
        #[inline(always)]
        || {
            let rows = x.chunks_exact(gain.len());
            for (out, x) in out.chunks_exact_mut(gain.len()).zip(rows) {
                let scale = 1.0 / (square(x) / x.len() as f32 + epsilon).sqrt();
                for ((out, &x), &gain) in out.iter_mut().zip(x).zip(gain) {
                    *out = x * scale * gain;
                }
            }
        },
    );
    out
}

/// Rows of `[gate | values]`, each `hidden` wide, become values · gate · sigmoid(gate) (`SwiGLU`, Shazeer 2020).
pub(super) fn gated(expanded: &[f32], hidden: usize) -> Vec<f32> {
    let mut out = vec![0.0; expanded.len() / 2];
    vectorised(
        #[inline(always)]
        || {
            let rows = expanded.chunks_exact(2 * hidden);
            for (out, row) in out.chunks_exact_mut(hidden).zip(rows) {
                let (gate, values) = row.split_at(hidden);
                for ((out, &gate), &value) in out.iter_mut().zip(gate).zip(values) {
                    let capped = if gate < -80.0 { -80.0 } else { gate };
                    *out = value * gate / (1.0 + exp(-capped));
                }
            }
        },
    );
    out
}

/// Adds `more` to `sum`, element by element.
pub(super) fn add(sum: &mut [f32], more: &[f32]) {
    vectorised(
        #[inline(always)]
        || {
            for (sum, more) in sum.iter_mut().zip(more) {
                *sum += more;
            }
        },
    );
}

/// Sixteen running sums: a single one would force the additions into sequence.
#[inline(always)]
fn square(row: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let chunks = row.chunks_exact(16);
    let rest: f32 = chunks.remainder().iter().map(|x| x * x).sum();
    for chunk in chunks {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum += x * x;
        }
    }
    rest + sums.iter().sum::<f32>()
}
