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

impl Convolution {
    /// Upper bound of the sum over the parts' masses, with all that they leave out and may be too small by.
    pub(super) fn altogether<'a>(self, parts: impl IntoIterator<Item = &'a Masses>) -> f64 {
        let (mut relative, mut outside) = (0.0, 0.0);
        for part in parts {
            relative += part.relative;
            outside += part.outside;
        }
        // A millionth of a millionth covers the weights' own rounding.
        (self.sum + self.error) * (1.0 + 1.01 * relative + 1e-12) + outside * (1.0 + 1e-9)
    }
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

#[cfg(test)]
mod tests {
    use super::super::masses::Origin;
    use super::*;
    use std::collections::BTreeMap;

    fn part(start: i64, mass: Vec<f64>) -> Masses {
        Masses {
            start,
            mass,
            outside: 0.0,
            relative: 0.0,
            origin: Origin::Whole(0),
            slack: 0.0,
        }
    }

    /// Some parts that begin anywhere, the third longer than the circle, with totals other than 1.
    fn parts(count: usize, len: usize) -> Vec<Masses> {
        let of = |at: usize| {
            let width = if at == 2 { len + 37 } else { 3 + at % 5 };
            let mass =
                (0..width).map(|k| 0.9 / width as f64 * (1.0 + 0.5 * ((k * 7 + at) % 3) as f64));
            part([-5, 70, 3, 0, 1][at % 5], mass.collect())
        };
        (0..count).map(of).collect()
    }

    /// What is weighed, outcome by outcome, each at every index that is its own on the circle.
    fn slowly(parts: &[Masses], len: usize, from: i64, weights: &[f64]) -> f64 {
        let mut law = BTreeMap::from([(0_i64, 1.0)]);
        for part in parts {
            let mut next = BTreeMap::new();
            for (sum, p) in &law {
                for (k, mass) in (part.start..).zip(&part.mass) {
                    *next.entry(sum + k).or_insert(0.0) += p * mass;
                }
            }
            law = next;
        }
        law.iter()
            .map(|(sum, p)| {
                let place = (sum - from).rem_euclid(len as i64) as usize;
                weights.get(place).map_or(0.0, |weight| p * weight)
            })
            .sum()
    }

    #[test]
    fn both_ways_are_the_definition() {
        let weights: Vec<f64> = (0..20).map(|k| (-0.1 * f64::from(k)).exp()).collect();
        for (count, len) in [(1, 64), (2, 256), (3, 64), (5, 128), (17, 256), (24, 256)] {
            let parts = parts(count, len);
            for from in [-3, 0, 5, 300] {
                let exact = slowly(&parts, len, from, &weights);
                for found in [
                    direct(&parts, len, from, &weights),
                    transformed(&parts, len, from, &weights),
                    weighted_sum(&parts, len, from, &weights),
                ] {
                    let off = (found.sum - exact).abs();
                    assert!(
                        off <= found.error + 1e-15 * exact,
                        "{count} {from}: {off} {found:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_left_out_and_what_may_be_lost_is_added() {
        let of = |relative, outside| Masses {
            relative,
            outside,
            ..part(0, vec![1.0])
        };
        let found = Convolution {
            sum: 0.5,
            error: 0.25,
        };
        let found = found.altogether(&[of(0.1, 0.2), of(0.3, 0.05)]);
        let expected = 0.75 * (1.0 + 0.404 + 1e-12) + 0.25 * (1.0 + 1e-9);
        assert!((found / expected - 1.0).abs() < 1e-15, "{found} {expected}");
    }

    #[test]
    fn the_direct_error_counts_what_is_done() {
        let parts = parts(4, 64);
        let found = direct(&parts, 64, 2, &[1.0, 0.5, 0.25]);
        // Widths 3, 4, 64 and 6, two more for each part, and three weights.
        let operations = 3 + 4 + 64 + 6 + 8 + 3;
        assert_eq!(
            found.error,
            found.sum * f64::from(operations) * 2.0 * f64::EPSILON
        );
    }

    /// The error of the transform by the formula of its proof: pairs of parts of one mass each, in two shares.
    #[test]
    fn the_error_of_the_transform_is_that_of_its_proof() {
        const U2: f64 = f64::EPSILON;
        let len = 256;
        let near = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
        };
        let tau = Transform::new(len).error();
        let one = |mass: f64| part(0, vec![mass]);
        let weights = [3.0, 4.0];

        let single = transformed(&[one(2.0)], len, 0, &weights);
        let norm = 5_f64.sqrt();
        let spectrum = (tau * norm + 16.0 * U2) + 2.0 * (tau * norm + 8.0 * U2);
        near(single.sum, 6.0);
        near(single.error, 1.02 * (spectrum + 2.0 * tau) * 5.0 + 8.0 * U2);

        let four = [one(2.0), one(3.0), one(2.0), one(3.0)];
        let norm = 13_f64.sqrt();
        let pair = 3.0 * (tau * norm + 16.0 * U2) + 2.0 * (tau * norm + 24.0 * U2);
        let spectrum = 12.0 * pair + 4.0 * U2 * 36.0;
        let found = transformed(&four, len, 0, &weights);
        near(found.sum, 108.0);
        near(
            found.error,
            1.02 * (spectrum + 36.0 * tau) * 5.0 + 4.0 * U2 * 36.0,
        );
    }

    /// Where the transform's error is not small beside the sum, the sum is done directly.
    #[test]
    fn small_sums_are_exact() {
        let len = 1 << 14;
        let fall = |rate: f64| {
            (0..1100)
                .map(|k| (-rate * f64::from(k)).exp() * rate)
                .collect()
        };
        let parts = [part(0, fall(0.05)), part(0, fall(0.07))];
        let weights = [1.0];
        let exact = |at: usize| -> f64 {
            let [a, b] = [&parts[0].mass, &parts[1].mass];
            (0..=at)
                .filter_map(|k| Some(a.get(k)? * b.get(at - k)?))
                .sum()
        };
        let far = weighted_sum(&parts, len, 1500, &weights);
        assert!(exact(1500) < 1e-20);
        assert!((far.sum / exact(1500) - 1.0).abs() < 1e-12 && far.error < 1e-11 * far.sum);
        let near = weighted_sum(&parts, len, 20, &weights);
        assert!((near.sum - exact(20)).abs() <= near.error);
        // Not done directly: that error would be far smaller.
        assert_eq!(near.error, transformed(&parts, len, 20, &weights).error);
    }
}
