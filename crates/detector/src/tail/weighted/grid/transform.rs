//! A fast Fourier transform with a proved error bound.
//!
//! Stockham's radix-4 form, in plain IEEE 754 operations, so that the same bytes come out on every machine.
//!
//! # Error
//! A stage maps every four numbers to their discrete Fourier transform, by two layers of sums and differences, and
//! multiplies by roots of unity. Each layer is √2 times a unitary map, and its results are rounded by at most u each.
//! A product differs by at most √5·u (Brent, Percival, Zimmermann 2007) and by the error of the root, μ ≤ 2⁻⁵⁰ = 8u (its
//! angle 6u, sine and cosine 2u). Altogether at most (2 + √5 + 8)u, and second-order terms, below [`STAGE`] = 16u relative
//! in the Euclidean norm. A stage multiplies earlier errors and the exact value alike, so after t stages
//! ‖error‖ ≤ ((1 + STAGE)ᵗ − 1)·‖exact‖.

use std::f64::consts::PI;

/// Bound of one stage's relative error: 2⁻⁴⁹.
pub(super) const STAGE: f64 = 1.0 / (1_u64 << 49) as f64;

/// Complex numbers, real and imaginary parts apart.
#[derive(Debug, Clone)]
pub(super) struct Complex {
    pub(super) re: Vec<f64>,
    pub(super) im: Vec<f64>,
}

impl Complex {
    pub(super) fn zeros(len: usize) -> Self {
        Self {
            re: vec![0.0; len],
            im: vec![0.0; len],
        }
    }
}

/// Transforms of one length, a power of two.
#[derive(Debug)]
pub(super) struct Transform {
    len: usize,
    /// e^(−2πik/len), k < 3·len/4.
    roots: Complex,
}

impl Transform {
    pub(super) fn new(len: usize) -> Self {
        debug_assert!(len.is_power_of_two());
        let mut roots = Complex::zeros((3 * len).div_ceil(4));
        for k in 0..roots.re.len() {
            let angle = PI * (2 * k) as f64 / len as f64;
            roots.re[k] = libm::cos(angle);
            roots.im[k] = -libm::sin(angle);
        }
        Self { len, roots }
    }

    /// Relative error of a transform in the Euclidean norm.
    pub(super) fn error(&self) -> f64 {
        1.01 * STAGE * f64::from(self.len.trailing_zeros().div_ceil(2))
    }

    /// x̂ₖ = Σ xⱼ·e^(−2πijk/len), in place. `scratch` is as long as `x`.
    pub(super) fn forward(&self, x: &mut Complex, scratch: &mut Complex) {
        let mut rest = self.len;
        let mut stride = 1;
        while rest >= 4 {
            self.fours(x, scratch, stride);
            std::mem::swap(x, scratch);
            rest /= 4;
            stride *= 4;
        }
        if rest == 2 {
            for (from, to) in [(&x.re, &mut scratch.re), (&x.im, &mut scratch.im)] {
                let (a, b) = from.split_at(stride);
                let (sum, difference) = to.split_at_mut(stride);
                for k in 0..stride {
                    sum[k] = a[k] + b[k];
                    difference[k] = a[k] - b[k];
                }
            }
            std::mem::swap(x, scratch);
        }
    }

    /// One stage: `stride` transforms of length 4 for each root.
    fn fours(&self, x: &Complex, y: &mut Complex, stride: usize) {
        let quarter = self.len / 4;
        for p in 0..quarter / stride {
            let root = |k: usize| (self.roots.re[k * p * stride], self.roots.im[k * p * stride]);
            let inputs = [0, 1, 2, 3].map(|k| {
                let range = k * quarter + p * stride..k * quarter + (p + 1) * stride;
                (&x.re[range.clone()], &x.im[range])
            });
            let outputs = 4 * p * stride..4 * (p + 1) * stride;
            butterflies(
                inputs,
                [root(1), root(2), root(3)],
                (&mut y.re[outputs.clone()], &mut y.im[outputs]),
            );
        }
    }
}

type Parts<'a> = (&'a [f64], &'a [f64]);

#[inline(always)]
fn butterflies(inputs: [Parts<'_>; 4], roots: [(f64, f64); 3], outputs: (&mut [f64], &mut [f64])) {
    let len = inputs[0].0.len();
    let [a, b, c, d] = inputs.map(|(re, im)| (&re[..len], &im[..len]));
    let [re, im] = [outputs.0, outputs.1].map(|part| {
        let (low, high) = part.split_at_mut(2 * len);
        let ((p, q), (r, s)) = (low.split_at_mut(len), high.split_at_mut(len));
        [&mut p[..len], &mut q[..len], &mut r[..len], &mut s[..len]]
    });
    let [re_0, re_1, re_2, re_3] = re;
    let [im_0, im_1, im_2, im_3] = im;
    let [w1, w2, w3] = roots;
    for k in 0..len {
        let (sum_re, sum_im) = (a.0[k] + c.0[k], a.1[k] + c.1[k]);
        let (gap_re, gap_im) = (a.0[k] - c.0[k], a.1[k] - c.1[k]);
        let (odd_re, odd_im) = (b.0[k] + d.0[k], b.1[k] + d.1[k]);
        // i·(b − d).
        let (turn_re, turn_im) = (d.1[k] - b.1[k], b.0[k] - d.0[k]);
        re_0[k] = sum_re + odd_re;
        im_0[k] = sum_im + odd_im;
        (re_1[k], im_1[k]) = times((gap_re - turn_re, gap_im - turn_im), w1);
        (re_2[k], im_2[k]) = times((sum_re - odd_re, sum_im - odd_im), w2);
        (re_3[k], im_3[k]) = times((gap_re + turn_re, gap_im + turn_im), w3);
    }
}

#[inline(always)]
pub(super) fn times(x: (f64, f64), y: (f64, f64)) -> (f64, f64) {
    (x.0 * y.0 - x.1 * y.1, x.0 * y.1 + x.1 * y.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_definition() {
        for len in [1_usize, 2, 4, 8, 64] {
            let value = |j: usize| ((j * j + 3) % 17) as f64;
            let mut x = Complex::zeros(len);
            for j in 0..len {
                x.re[j] = value(j);
                x.im[j] = value(j + 5);
            }
            Transform::new(len).forward(&mut x, &mut Complex::zeros(len));
            for k in 0..len {
                let (mut re, mut im) = (0.0, 0.0);
                for j in 0..len {
                    let angle = -2.0 * PI * (j * k % len) as f64 / len as f64;
                    let (s, c) = angle.sin_cos();
                    re += value(j) * c - value(j + 5) * s;
                    im += value(j) * s + value(j + 5) * c;
                }
                assert!((x.re[k] - re).abs() + (x.im[k] - im).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn the_error_grows_with_the_stages() {
        for (len, stages) in [(1, 0.0), (2, 1.0), (16, 2.0), (256, 4.0), (512, 5.0)] {
            assert_eq!(Transform::new(len).error(), 1.01 * STAGE * stages);
        }
    }

    #[test]
    fn stays_within_its_error_bound_there_and_back() {
        for bits in [10, 15, 16] {
            let len = 1 << bits;
            let (transform, mut scratch) = (Transform::new(len), Complex::zeros(len));
            let value = |j: usize| libm::exp(-((j as f64 - 300.0) / 40.0).powi(2));
            let mut x = Complex::zeros(len);
            x.re = (0..len).map(value).collect();
            transform.forward(&mut x, &mut scratch);
            transform.forward(&mut x, &mut scratch);
            let mut square = 0.0;
            let mut norm = 0.0;
            for j in 0..len {
                // Twice forward reverses the order.
                let error = x.re[(len - j) % len] / len as f64 - value(j);
                square += error * error;
                norm += value(j) * value(j);
            }
            assert!(square.sqrt() <= 2.0 * transform.error() * norm.sqrt());
        }
    }
}
