//! Circular convolution of all parts' masses, weighted and summed.
//!
//! Circular: an outcome beyond the grid comes back at the other end. That only adds to the sum, because weights
//! fall along the grid: what is at or above the target is met at its own index or, after turns of the circle,
//! at one with a larger weight; what lies below is no loss to meet. (What is above the last weight is the
//! caller's to bound.)

use rayon::prelude::*;

use super::masses::Masses;
use super::transform::{Complex, Transform, times};

/// Multiply-adds up to which the convolution is done directly, with a relative error instead of an absolute one.
const DIRECT: f64 = 3e7;

/// As many as are affordable where the transform's absolute error is not small beside the result.
const DIRECT_AT_NEED: f64 = 4e9;

/// The sum over k of `a(from + k)·weights[k]`, and what its rounding may have taken away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Convolution {
    pub(super) sum: f64,
    pub(super) error: f64,
}

pub(super) fn weighted_sum(
    parts: &[Masses],
    len: usize,
    from: i64,
    weights: &[f64],
) -> Convolution {
    let width = |part: &Masses| part.mass.len().min(len) as f64;
    let direct_cost = len as f64 * parts.iter().map(width).sum::<f64>();
    if direct_cost <= DIRECT {
        return direct(parts, len, from, weights);
    }
    let found = transformed(parts, len, from, weights);
    if found.error > 1e-4 * found.sum.abs() && direct_cost <= DIRECT_AT_NEED {
        return direct(parts, len, from, weights);
    }
    found
}

/// Only non-negative terms: n additions and products cost at most 2(n + 1)u of the result.
fn direct(parts: &[Masses], len: usize, from: i64, weights: &[f64]) -> Convolution {
    let mut law = vec![0.0; len];
    law[0] = 1.0;
    let mut operations = 0;
    for part in parts {
        let folded = fold(part, len);
        let first = folded.start;
        operations += folded.mass.len() + 2;
        let mut next = vec![0.0; 2 * len];
        for (j, &mass) in folded.mass.iter().enumerate() {
            if mass > 0.0 {
                let at = (first + j) % len;
                for (sum, &term) in next[at..at + len].iter_mut().zip(&law) {
                    *sum += mass * term;
                }
            }
        }
        let (low, high) = next.split_at(len);
        law.copy_from_slice(low);
        for (sum, &term) in law.iter_mut().zip(high) {
            *sum += term;
        }
    }
    operations += weights.len();
    let sum = weigh(&law, from, weights);
    Convolution {
        sum,
        error: sum * operations as f64 * 2.0 * f64::EPSILON,
    }
}

/// By the product of the parts' transforms, two parts in one transform.
///
/// The transform back adds τ times the norm of the result to the error of the product.
fn transformed(parts: &[Masses], len: usize, from: i64, weights: &[f64]) -> Convolution {
    let transform = Transform::new(len);
    // A fixed number of shares, so that the result does not depend on the number of threads.
    let share = parts.len().div_ceil(SHARES).next_multiple_of(2);
    let spectrum = parts
        .par_chunks(share)
        .map(|share| Spectrum::of(share, &transform, len))
        .collect::<Vec<_>>()
        .into_iter()
        .reduce(|product, share| product.times(&share))
        .expect("a problem has parts");
    let mut law = unfold(&spectrum.values, len);
    transform.forward(&mut law, &mut Complex::zeros(len));
    let scale = 1.0 / len as f64;
    for value in &mut law.re {
        *value *= scale;
    }
    let norm = Size::of(&law.re).square.sqrt();
    let error = (spectrum.error + transform.error() * (norm + spectrum.error)) * 1.02;
    let spread = Size::of(weights).square.sqrt();
    let weighing = weights.len() as f64 * 2.0 * f64::EPSILON * spectrum.total;
    Convolution {
        sum: weigh(&law.re, from, weights),
        error: error * spread + weighing,
    }
}

/// Shares of the parts that are transformed at the same time.
const SHARES: usize = 8;

/// The product of some parts' transforms.
#[derive(Debug)]
struct Spectrum {
    /// Frequencies 0 to len/2; the others are their conjugates.
    values: Complex,
    /// Upper bound of the product of the parts' totals, which no value exceeds.
    total: f64,
    /// Upper bound of the Euclidean error over all frequencies, in units of √len.
    error: f64,
}

impl Spectrum {
    /// Let m be the folded masses of a part, T their sum and Q the product of those before. The transform of a
    /// pair a + ib has a Euclidean error of at most τ√len·‖a + ib‖; so has each of the two spectra, and none
    /// exceeds T in absolute value. The running product's error therefore grows by
    /// e ← e·(T + …) + Q·(τ‖a + ib‖ + 8u‖m‖), in units of √len.
    fn of(parts: &[Masses], transform: &Transform, len: usize) -> Self {
        let mut product = Self {
            values: Complex::zeros(len / 2 + 1),
            total: 1.0,
            error: 0.0,
        };
        product.values.re.fill(1.0);
        let (mut both, mut scratch) = (Complex::zeros(len), Complex::zeros(len));
        for pair in parts.chunks(2) {
            both.re.fill(0.0);
            both.im.fill(0.0);
            spread(&pair[0], &mut both.re);
            match pair.get(1) {
                Some(second) => spread(second, &mut both.im),
                None => both.im[0] = 1.0,
            }
            let [first, second] = [&both.re, &both.im].map(|part| Size::of(part));
            let norm = (first.square + second.square).sqrt();
            for size in [first, second] {
                let added = transform.error() * norm + 8.0 * f64::EPSILON * size.square.sqrt();
                let most = size.sum + added * (len as f64).sqrt();
                product.error = product.error * most + product.total * added;
                product.total *= size.sum;
            }
            transform.forward(&mut both, &mut scratch);
            multiply(&mut product.values, &both);
        }
        product
    }

    /// Errors: e₁Q₂ + Q₁e₂ + e₁e₂√len, and 4u for each product of at most Q₁Q₂.
    fn times(mut self, other: &Self) -> Self {
        let values = &mut self.values;
        let len = 2 * (values.re.len() - 1);
        for k in 0..values.re.len() {
            let x = (values.re[k], values.im[k]);
            let y = (other.values.re[k], other.values.im[k]);
            (values.re[k], values.im[k]) = times(x, y);
        }
        let total = self.total * other.total;
        self.error = self.error * other.total
            + self.total * other.error
            + self.error * other.error * (len as f64).sqrt()
            + 4.0 * f64::EPSILON * total;
        self.total = total;
        self
    }
}

/// Sum and sum of squares, rounded up.
#[derive(Debug, Clone, Copy)]
struct Size {
    sum: f64,
    square: f64,
}

impl Size {
    fn of(values: &[f64]) -> Self {
        let up = 1.0 + (values.len() + 2) as f64 * f64::EPSILON;
        Self {
            sum: values.iter().sum::<f64>() * up,
            square: values.iter().map(|value| value * value).sum::<f64>() * up,
        }
    }
}

/// Multiplies by the two spectra in the transform of a + ib: (zₖ + z̄₋ₖ)/2 and (zₖ − z̄₋ₖ)/2i.
fn multiply(product: &mut Complex, both: &Complex) {
    let len = both.re.len();
    for k in 0..product.re.len() {
        let mirror = (len - k) % len;
        let (z_re, z_im) = (both.re[k % len], both.im[k % len]);
        let (m_re, m_im) = (both.re[mirror], -both.im[mirror]);
        let a = (0.5 * (z_re + m_re), 0.5 * (z_im + m_im));
        let b = (0.5 * (z_im - m_im), -0.5 * (z_re - m_re));
        let (re, im) = times((product.re[k], product.im[k]), a);
        let (re, im) = times((re, im), b);
        product.re[k] = re;
        product.im[k] = im;
    }
}

/// The whole spectrum of a real sequence, conjugated, so that a forward transform goes back.
fn unfold(half: &Complex, len: usize) -> Complex {
    let mut whole = Complex::zeros(len);
    for k in 0..len {
        let (from, sign) = if k <= len / 2 {
            (k, -1.0)
        } else {
            (len - k, 1.0)
        };
        whole.re[k] = half.re[from];
        whole.im[k] = sign * half.im[from];
    }
    whole
}

/// A part folded on the circle.
struct Folded {
    start: usize,
    mass: Vec<f64>,
}

fn fold(part: &Masses, len: usize) -> Folded {
    let start = part.start.rem_euclid(len as i64) as usize;
    if part.mass.len() <= len {
        return Folded {
            start,
            mass: part.mass.clone(),
        };
    }
    let mut mass = vec![0.0; len];
    for (j, &value) in part.mass.iter().enumerate() {
        mass[j % len] += value;
    }
    Folded { start, mass }
}

fn spread(part: &Masses, circle: &mut [f64]) {
    let len = circle.len();
    let start = part.start.rem_euclid(len as i64) as usize;
    for (j, &value) in part.mass.iter().enumerate() {
        circle[(start + j) & (len - 1)] += value;
    }
}

fn weigh(law: &[f64], from: i64, weights: &[f64]) -> f64 {
    let start = from.rem_euclid(law.len() as i64) as usize;
    weights
        .iter()
        .enumerate()
        .map(|(k, &weight)| law[(start + k) % law.len()] * weight)
        .sum()
}
