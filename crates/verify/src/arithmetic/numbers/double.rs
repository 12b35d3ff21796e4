//! Numbers of two `f64`, the second at most half a unit of the first: about 32 decimal digits.
//!
//! Sums and products without an error by Dekker (1971) and Knuth; quotients by three steps of long division. A product's
//! error is found by splitting factors, not by a fused multiply-add, which a browser has to emulate.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// hi + lo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Double {
    hi: f64,
    lo: f64,
}

/// Taylor terms of e^x for |x| ≤ ln 2/128: the next is below 1e-35 of the first.
const TERMS: u32 = 13;

impl Double {
    pub(crate) const ZERO: Self = Self::of(0.0, 0.0);
    pub(crate) const ONE: Self = Self::of(1.0, 0.0);
    pub(crate) const LN_2: Self = Self::of(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);
    pub(crate) const LN_10: Self = Self::of(std::f64::consts::LN_10, -2.170_756_223_382_249_4e-16);
    /// ½ ln 2π.
    pub(crate) const HALF_LN_TAU: Self =
        Self::of(0.918_938_533_204_672_8, -3.878_294_158_067_241_4e-17);

    const fn of(hi: f64, lo: f64) -> Self {
        Self { hi, lo }
    }

    /// The nearest `f64`.
    pub(crate) fn to_f64(self) -> f64 {
        self.hi + self.lo
    }

    /// The exact product of two `f64`.
    pub(crate) fn product(a: f64, b: f64) -> Self {
        let (hi, lo) = two_product(a, b);
        Self { hi, lo }
    }

    /// It times 2^`by`, exactly.
    pub(crate) fn scale(self, by: i32) -> Self {
        let half = by / 2;
        let (one, other) = (2.0_f64.powi(half), 2.0_f64.powi(by - half));
        Self::of(self.hi * one * other, self.lo * one * other)
    }

    /// The largest whole number that is not above it, for numbers below 2¹²⁰ in size.
    pub(crate) fn floor(self) -> i128 {
        let whole = self.hi.floor();
        let rest = (self.hi - whole) + self.lo;
        whole as i128 + rest.floor() as i128
    }

    /// e to the power of it: 0 far below, infinite far above.
    pub(crate) fn exp(self) -> Self {
        if self.hi > 709.0 {
            return Self::of(f64::INFINITY, 0.0);
        }
        if self.hi < -700.0 {
            return Self::ZERO;
        }
        let twos = (self.hi / std::f64::consts::LN_2).round();
        let rest = (self - Self::LN_2 * Self::from(twos)).scale(-6);
        // e^x − 1, then squared six times: (1 + y)² − 1 = y(2 + y).
        let (mut term, mut sum) = (rest, rest);
        for k in 2..=TERMS {
            term = term * rest / Self::from(f64::from(k));
            sum = sum + term;
        }
        for _ in 0..6 {
            sum = sum * (sum + Self::from(2.0));
        }
        (sum + Self::ONE).scale(twos as i32)
    }

    /// The natural logarithm of a number above 0 that is no smaller than 1e-300; of 0 or less it is not a number.
    pub(crate) fn ln(self) -> Self {
        if self.hi.is_nan() || self.hi <= 0.0 || self.hi == f64::INFINITY {
            return Self::of(f64::NAN, 0.0);
        }
        let twos = (self.hi.log2()).round();
        let rest = self.scale(-(twos as i32));
        // One step from the logarithm of an `f64`: ln m = y + ln(1 + r), r = m·e^(−y) − 1 of the size of 1e-16.
        let near = rest.hi.ln();
        let r = rest * Self::from(-near).exp() - Self::ONE;
        Self::from(near) + r - (r * r).scale(-1) + Self::LN_2 * Self::from(twos)
    }

    /// ln of it as a logarithm to base 10.
    pub(crate) fn to_log10(self) -> f64 {
        (self / Self::LN_10).to_f64()
    }
}

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// The same for |a| ≥ |b|.
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// An `f64` as two numbers of half its digits.
fn split(a: f64) -> (f64, f64) {
    const SPLITTER: f64 = 134_217_729.0;
    let scaled = SPLITTER * a;
    let high = scaled - (scaled - a);
    (high, a - high)
}

fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    let error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, error)
}

impl From<f64> for Double {
    fn from(value: f64) -> Self {
        Self::of(value, 0.0)
    }
}

impl From<u64> for Double {
    fn from(value: u64) -> Self {
        Self::from(i128::from(value))
    }
}

impl From<i128> for Double {
    /// Exact below 2¹⁰⁶.
    fn from(value: i128) -> Self {
        let hi = value as f64;
        // A value that rounds up to 2¹²⁷ saturates, which is far beyond any sum here.
        let lo = value.saturating_sub(hi as i128) as f64;
        Self::of(hi, lo)
    }
}

impl Add for Double {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (hi, error) = two_sum(self.hi, other.hi);
        let (lo, rest) = two_sum(self.lo, other.lo);
        let (hi, error) = fast_two_sum(hi, error + lo);
        let (hi, lo) = fast_two_sum(hi, error + rest);
        Self { hi, lo }
    }
}

impl Neg for Double {
    type Output = Self;

    fn neg(self) -> Self {
        Self::of(-self.hi, -self.lo)
    }
}

impl Sub for Double {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Double {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let (hi, error) = two_product(self.hi, other.hi);
        let (hi, lo) = fast_two_sum(hi, error + (self.hi * other.lo + self.lo * other.hi));
        Self { hi, lo }
    }
}

impl Div for Double {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let first = self.hi / other.hi;
        let rest = self - other * Self::from(first);
        let second = rest.hi / other.hi;
        let rest = rest - other * Self::from(second);
        let third = rest.hi / other.hi;
        let (hi, lo) = fast_two_sum(first, second);
        Self { hi, lo } + Self::from(third)
    }
}

impl PartialOrd for Double {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let high = self.hi.partial_cmp(&other.hi)?;
        match high {
            Ordering::Equal => self.lo.partial_cmp(&other.lo),
            _ => Some(high),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Double;

    #[test]
    fn logarithms_have_thirty_digits() {
        let text = include_str!("../../../vectors/logarithms.tsv");
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        let mut seen = 0;
        for row in rows {
            let row: Vec<f64> = row
                .split('\t')
                .map(|field| field.parse().unwrap())
                .collect();
            let off = Double::from(row[0]).ln() - Double::of(row[1], row[2]);
            assert!(
                off.to_f64().abs() <= 1e-29 * row[1].abs().max(1.0),
                "{row:?}: {off:?}"
            );
            seen += 1;
        }
        assert!(seen > 10);
    }

    #[test]
    fn exponential_undoes_the_logarithm() {
        for x in [1e-280, 0.3, 1.0 - 1e-9, 2.0, 9.75, 1e12, 1e300] {
            let there = Double::from(x).ln().exp() / Double::from(x) - Double::ONE;
            assert!(there.to_f64().abs() < 1e-28, "{x}: {there:?}");
        }
        assert_eq!(Double::from(-1e9).exp(), Double::ZERO);
        assert!(Double::from(0.0).ln().to_f64().is_nan());
        assert!(Double::from(f64::NAN).ln().to_f64().is_nan());
    }

    #[test]
    fn quotients_and_whole_numbers() {
        let third = Double::ONE / Double::from(3.0);
        let one = third * Double::from(3.0) - Double::ONE;
        assert!(one.to_f64().abs() < 1e-31);
        let large = (1_i128 << 100) + 1;
        assert_eq!(Double::from(large).floor(), large);
        assert_eq!((Double::from(7_u64) - third).floor(), 6);
        assert_eq!((Double::from(-7.0) - third).floor(), -8);
    }
}
