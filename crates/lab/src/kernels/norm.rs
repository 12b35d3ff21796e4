//! Root-mean-square normalisation and its gradient.

const EPSILON: f32 = 1e-6;

/// Root-mean-square normalisation (Zhang and Sennrich 2019): each row of `x`, as wide as `gain`, is divided by its root
/// mean square and multiplied by `gain`.
pub(crate) fn normalise(x: &[f32], gain: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    for (out, x) in out
        .chunks_exact_mut(gain.len())
        .zip(x.chunks_exact(gain.len()))
    {
        let scale = inverse_rms(x);
        for ((out, &x), &gain) in out.iter_mut().zip(x).zip(gain) {
            *out = x * scale * gain;
        }
    }
    out
}

/// Adds the gradient with respect to `x` to `dx` and returns that with respect to `gain`, given `grad`, that with
/// respect to the output.
pub(crate) fn normalise_gradient(
    x: &[f32],
    gain: &[f32],
    grad: &[f32],
    dx: &mut [f32],
) -> Vec<f32> {
    let width = gain.len();
    let mut dgain = vec![0.0; width];
    let mut scaled = vec![0.0; width];
    let rows = dx
        .chunks_exact_mut(width)
        .zip(x.chunks_exact(width))
        .zip(grad.chunks_exact(width));
    for ((dx, x), grad) in rows {
        let scale = inverse_rms(x);
        for i in 0..width {
            dgain[i] += grad[i] * x[i] * scale;
            scaled[i] = grad[i] * gain[i];
        }
        let along = dot(&scaled, x) * scale * scale / width as f32;
        for i in 0..width {
            dx[i] += scale * (scaled[i] - x[i] * along);
        }
    }
    dgain
}

fn inverse_rms(row: &[f32]) -> f32 {
    1.0 / (dot(row, row) / row.len() as f32 + EPSILON).sqrt()
}

/// Eight running sums: a single one would force the additions into sequence. Rows are multiples of eight wide.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}
