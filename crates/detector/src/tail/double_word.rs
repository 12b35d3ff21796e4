//! Double-word arithmetic: an unevaluated sum of two `f64`, about 106 bits.
//!
//! Algorithms and error bounds: Joldes, Muller, Popescu, "Tight and rigorous error bounds for basic
//! building blocks of double-word arithmetic", ACM TOMS 44(2), 2017. With u = 2⁻⁵³ the relative
//! errors are: addition 3u² (also under cancellation), product 5u², product with an `f64` 2u²,
//! quotient 15u² (second-order terms omitted). Logarithm: at most 2⁻⁹⁸ relative (see [`DoubleWord::ln`]).

use std::ops::{Add, Div, Mul, Neg, Sub};

/// `hi + lo` with |lo| ≤ ½ ulp(hi).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DoubleWord {
    hi: f64,
    lo: f64,
}

impl DoubleWord {
    pub(crate) const ZERO: Self = Self { hi: 0.0, lo: 0.0 };
    pub(crate) const ONE: Self = Self { hi: 1.0, lo: 0.0 };
    pub(crate) const LN_2: Self = Self {
        hi: std::f64::consts::LN_2,
        lo: 2.319_046_813_846_299_6e-17,
    };
    pub(crate) const LN_10: Self = Self {
        hi: std::f64::consts::LN_10,
        lo: -2.170_756_223_382_249_4e-16,
    };
    /// ln 2π.
    pub(crate) const LN_TAU: Self = Self {
        hi: 1.837_877_066_409_345_6,
        lo: -7.756_588_316_134_483e-17,
    };

    /// The nearer `f64`.
    pub(crate) fn to_f64(self) -> f64 {
        self.hi
    }

    /// An `f64` that is not below the value.
    pub(crate) fn round_up(self) -> f64 {
        if self.lo > 0.0 {
            self.hi.next_up()
        } else {
            self.hi
        }
    }

    /// An `f64` that is not above the value.
    pub(crate) fn round_down(self) -> f64 {
        -(-self).round_up()
    }

    pub(crate) fn abs(self) -> Self {
        if self.hi < 0.0 { -self } else { self }
    }

    pub(crate) fn is_negative(self) -> bool {
        self.hi < 0.0
    }

    /// Multiplies by 2^exponent, exactly in the range that occurs here.
    pub(crate) fn scale(self, exponent: i32) -> Self {
        let factor = power_of_two(exponent);
        Self {
            hi: self.hi * factor,
            lo: self.lo * factor,
        }
    }

    /// Natural logarithm of a positive, normal value.
    ///
    /// x = 2^e·m with m in [√½, √2); ln m = 2·artanh z, z = (m−1)/(m+1), |z| ≤ 0.1716, by its
    /// series to z⁴³, the first eight terms in double-word, the rest (below 6e-13 of the sum) in
    /// `f64`. z carries 21u², the series at most 16u², e·ln 2 and the last sum 6u²; e·ln 2 and ln m
    /// cancel by at most a factor 3, so the relative error is below 3·43u² + truncation < 2⁻⁹⁸.
    pub(crate) fn ln(self) -> Self {
        debug_assert!(self.hi.is_normal() && self.hi > 0.0);
        let mut exponent = exponent_of(self.hi);
        let mut m = self.scale(-exponent);
        if m.hi > std::f64::consts::SQRT_2 {
            m = m.scale(-1);
            exponent += 1;
        }
        let z = (m - Self::ONE) / (m + Self::ONE);
        let square = z * z;
        let mut rest = 0.0;
        for k in (8..=21).rev() {
            rest = rest * square.hi + 1.0 / f64::from(2 * k + 1);
        }
        let mut sum = Self::from(rest);
        for k in (0..8_u32).rev() {
            sum = sum * square + Self::ONE / Self::from(f64::from(2 * k + 1));
        }
        Self::LN_2 * Self::from(f64::from(exponent)) + (z * sum).scale(1)
    }
}

impl From<f64> for DoubleWord {
    fn from(value: f64) -> Self {
        Self { hi: value, lo: 0.0 }
    }
}

impl From<u64> for DoubleWord {
    /// Exact.
    fn from(value: u64) -> Self {
        Self::from(u128::from(value))
    }
}

impl From<u128> for DoubleWord {
    /// Exact below 2¹⁰⁶.
    fn from(value: u128) -> Self {
        let hi = value as f64;
        let back = hi as u128;
        let lo = if value >= back {
            (value - back) as f64
        } else {
            -((back - value) as f64)
        };
        Self { hi, lo }
    }
}

impl Neg for DoubleWord {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            hi: -self.hi,
            lo: -self.lo,
        }
    }
}

/// Algorithm 6, `AccurateDWPlusDW`.
impl Add for DoubleWord {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (sum_hi, sum_lo) = two_sum(self.hi, other.hi);
        let (tail_hi, tail_lo) = two_sum(self.lo, other.lo);
        let (v_hi, v_lo) = fast_two_sum(sum_hi, sum_lo + tail_hi);
        normal(v_hi, tail_lo + v_lo)
    }
}

impl Sub for DoubleWord {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

/// Algorithm 12, `DWTimesDW3`.
impl Mul for DoubleWord {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let (product, error) = two_product(self.hi, other.hi);
        let cross = self.hi.mul_add(other.lo, self.lo * other.lo);
        let cross = self.lo.mul_add(other.hi, cross);
        normal(product, error + cross)
    }
}

/// Algorithm 17, `DWDivDW2`.
impl Div for DoubleWord {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let quotient = self.hi / other.hi;
        let back = times_f64(other, quotient);
        let rest = (self.hi - back.hi) + (self.lo - back.lo);
        normal(quotient, rest / other.hi)
    }
}

/// Algorithm 7, `DWTimesFP1`.
fn times_f64(x: DoubleWord, y: f64) -> DoubleWord {
    let (product, error) = two_product(x.hi, y);
    let (sum, rest) = fast_two_sum(product, x.lo * y);
    normal(sum, rest + error)
}

fn normal(hi: f64, lo: f64) -> DoubleWord {
    let (hi, lo) = fast_two_sum(hi, lo);
    DoubleWord { hi, lo }
}

/// The rounded sum and its exact error (Knuth).
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let a_part = sum - b;
    let b_part = sum - a_part;
    (sum, (a - a_part) + (b - b_part))
}

/// As [`two_sum`], for |a| ≥ |b| (Dekker).
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// The rounded product and its exact error.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

/// The exponent e of a normal number m·2^e, 1 ≤ m < 2.
fn exponent_of(value: f64) -> i32 {
    ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023
}

fn power_of_two(exponent: i32) -> f64 {
    debug_assert!((-1022..=1023).contains(&exponent));
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x, then ln x as two words, by mpmath (`vectors/tails.py`).
    const LOGARITHMS: &str = include_str!("../../vectors/logarithms.tsv");

    #[test]
    fn rounding_goes_to_its_side() {
        let next = 1.0_f64.next_up();
        for (lo, down, up) in [
            (1e-30, 1.0, next),
            (0.0, 1.0, 1.0),
            (-1e-30, 1.0_f64.next_down(), 1.0),
        ] {
            let value = DoubleWord { hi: 1.0, lo };
            assert_eq!((value.round_down(), value.round_up()), (down, up));
        }
    }

    #[test]
    fn logarithm_agrees_with_high_precision_values() {
        let mut worst = 0.0_f64;
        for line in LOGARITHMS.lines().filter(|line| !line.starts_with('#')) {
            let numbers: Vec<f64> = line.split('\t').map(|n| n.parse().unwrap()).collect();
            let [x, hi, lo] = numbers[..] else {
                panic!("three numbers in {line}")
            };
            let error = DoubleWord::from(x).ln() - DoubleWord { hi, lo };
            worst = worst.max(error.hi.abs() / hi.abs());
        }
        // The reference words are themselves rounded to 2⁻¹⁰⁷.
        assert!(worst <= 2.0_f64.powi(-98), "2^{:.1}", worst.log2());
    }

    #[test]
    fn integers_convert_exactly() {
        for value in [
            0_u128,
            1,
            (1 << 53) + 1,
            u128::from(u64::MAX),
            (1 << 78) - 1,
        ] {
            let word = DoubleWord::from(value);
            assert_eq!((word.hi as i128 + word.lo as i128) as u128, value);
        }
    }

    #[test]
    fn quotient_times_divisor_returns() {
        let third = DoubleWord::ONE / DoubleWord::from(3.0);
        let error = third * DoubleWord::from(3.0) - DoubleWord::ONE;
        assert!(error.hi.abs() < 2.0_f64.powi(-100));
    }
}
