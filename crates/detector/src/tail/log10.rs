//! p-values and e-values as logarithms to base 10.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// log10 of a p-value: finite, at most 0, never `NaN`, never −0.
///
/// Ordered as p is: the smaller, the stronger the evidence. Serialized as a number. Displayed as p itself
/// with two significant figures, rounded up (against the accuser), also where no `f64` could hold it:
/// `3.2e-81234`. A relative excess below 1e-9, the tails' own tolerance, is not shown, so that one half
/// reads `5.0e-1`.
///
/// ```
/// use hallmark_detector::tail::Log10P;
/// assert_eq!(Log10P::new(-100_000.0)?.to_string(), "1.0e-100000");
/// assert!(Log10P::new(f64::NAN).is_err());
/// # Ok::<(), hallmark_detector::tail::NotLog10P>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "f64", into = "f64")]
pub struct Log10P(f64);

/// log10 of an e-value: finite, of any sign, never −0.
///
/// Ordered as e is: the larger, the stronger the evidence. Serialized as a number. Displayed as e itself
/// with two significant figures, rounded down (against the accuser), to a relative 1e-9.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "f64", into = "f64")]
pub struct Log10E(f64);

/// A number that is no logarithm of a p-value.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error(
    "log10 p must be a finite number not above 0, but is {found}; pass the logarithm, not p itself"
)]
pub struct NotLog10P {
    /// The number found.
    pub found: f64,
}

/// A number that is no logarithm of an e-value.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("log10 e must be a finite number, but is {found}")]
pub struct NotLog10E {
    /// The number found.
    pub found: f64,
}

impl Log10P {
    /// p = 1: no evidence.
    pub const ONE: Self = Self(0.0);

    /// Takes log10 p.
    ///
    /// # Errors
    /// Anything but a finite number ≤ 0.
    pub fn new(log10_p: f64) -> Result<Self, NotLog10P> {
        if log10_p.is_finite() && log10_p <= 0.0 {
            // −0 + 0 is +0.
            Ok(Self(log10_p + 0.0))
        } else {
            Err(NotLog10P { found: log10_p })
        }
    }

    /// The logarithm to base 10.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }

    /// The logarithm to so many decimals, for people: of a p that is never smaller than the computed one.
    #[must_use]
    pub fn rounded(self, decimals: i32) -> f64 {
        rounded_up(self.0, decimals)
    }

    /// Caps a computed bound at p = 1.
    pub(crate) fn clamped(log10_p: f64) -> Self {
        debug_assert!(!log10_p.is_nan());
        Self(log10_p.clamp(f64::MIN, 0.0) + 0.0)
    }
}

impl Log10E {
    /// e = 1: no evidence.
    pub const ONE: Self = Self(0.0);

    /// Takes log10 e.
    ///
    /// # Errors
    /// An infinite number or `NaN`.
    pub fn new(log10_e: f64) -> Result<Self, NotLog10E> {
        if log10_e.is_finite() {
            Ok(Self(log10_e + 0.0))
        } else {
            Err(NotLog10E { found: log10_e })
        }
    }

    /// The logarithm to base 10.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }

    /// The logarithm to so many decimals, for people: of an e that is never larger than the computed one.
    #[must_use]
    pub fn rounded(self, decimals: i32) -> f64 {
        -rounded_up(-self.0, decimals) + 0.0
    }

    /// The p-value min(1, 1/e) of a fixed e-value (Markov) or of an e-process' supremum (Ville). Exact.
    #[must_use]
    pub fn p_value(self) -> Log10P {
        Log10P::clamped(-self.0)
    }

    /// Keeps a computed bound finite.
    pub(crate) fn clamped(log10_e: f64) -> Self {
        debug_assert!(!log10_e.is_nan());
        Self(log10_e.clamp(f64::MIN, f64::MAX) + 0.0)
    }
}

/// The least number of so many decimals that is not below this one; a number that has no more of them is itself.
fn rounded_up(number: f64, decimals: i32) -> f64 {
    let parts = 10_f64.powi(decimals);
    let up = (number * parts).ceil();
    if up.abs() >= 1.0 / f64::EPSILON {
        return number;
    }
    // The product is rounded, so the right one may stand beside it.
    let mut near = (-1..=1).map(|step| (up + f64::from(step)) / parts + 0.0);
    near.find(|&near| near >= number).unwrap_or(number)
}

/// What the display does not show.
const TOLERANCE: f64 = 1e-9;

impl fmt::Display for Log10P {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scientific(f, self.0, |tenths| (tenths * (1.0 - TOLERANCE)).ceil())
    }
}

impl fmt::Display for Log10E {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scientific(f, self.0, |tenths| (tenths * (1.0 + TOLERANCE)).floor())
    }
}

/// Two significant figures of 10^`log10`; `round` takes the mantissa in tenths, 10 ≤ tenths < 100.
fn write_scientific(
    f: &mut fmt::Formatter<'_>,
    log10: f64,
    round: impl Fn(f64) -> f64,
) -> fmt::Result {
    let mut exponent = log10.floor();
    let mut tenths = round(libm::exp10(log10 - exponent) * 10.0);
    if tenths >= 100.0 {
        tenths = 10.0;
        exponent += 1.0;
    }
    f.pad(&format!("{:.1}e{exponent:.0}", tenths / 10.0))
}

impl Eq for Log10P {}

impl PartialOrd for Log10P {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Log10P {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Eq for Log10E {}

impl PartialOrd for Log10E {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Log10E {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl TryFrom<f64> for Log10P {
    type Error = NotLog10P;

    fn try_from(log10_p: f64) -> Result<Self, NotLog10P> {
        Self::new(log10_p)
    }
}

impl TryFrom<f64> for Log10E {
    type Error = NotLog10E;

    fn try_from(log10_e: f64) -> Result<Self, NotLog10E> {
        Self::new(log10_e)
    }
}

impl From<Log10P> for f64 {
    fn from(p: Log10P) -> Self {
        p.0
    }
}

impl From<Log10E> for f64 {
    fn from(e: Log10E) -> Self {
        e.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(log10: f64) -> Log10P {
        Log10P::new(log10).unwrap()
    }

    #[test]
    fn they_are_numbers() {
        assert_eq!(f64::from(p(-2.5)), -2.5);
        assert_eq!(f64::from(Log10E::new(3.5).unwrap()), 3.5);
    }

    #[test]
    fn p_is_finite_and_not_above_one() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-300, 3.0] {
            assert!(Log10P::new(bad).is_err(), "{bad}");
        }
        assert!(p(-0.0).value().is_sign_positive());
        assert_eq!(p(-0.0), Log10P::ONE);
    }

    #[test]
    fn display_keeps_two_figures_and_rounds_p_up() {
        for (log10, shown) in [
            (0.0, "1.0e0"),
            (0.5_f64.log10(), "5.0e-1"),
            (-1.0, "1.0e-1"),
            (-1e-12, "1.0e0"),
            (-1e-3, "1.0e0"),
            (0.951_f64.log10(), "9.6e-1"),
            (0.0501_f64.log10(), "5.1e-2"),
            (-81_233.5, "3.2e-81234"),
            (-100_000.0, "1.0e-100000"),
            (-99_999.001, "1.0e-99999"),
        ] {
            assert_eq!(p(log10).to_string(), shown, "{log10}");
        }
        assert_eq!(format!("{:>9}|", p(-2.0)), "   1.0e-2|");
    }

    #[test]
    fn display_rounds_e_down() {
        for (log10, shown) in [
            (0.0, "1.0e0"),
            (1.999, "9.9e1"),
            (30.5, "3.1e30"),
            (-0.31, "4.8e-1"),
            (20.0_f64.log10(), "2.0e1"),
        ] {
            assert_eq!(Log10E::new(log10).unwrap().to_string(), shown, "{log10}");
        }
    }

    #[test]
    fn decimals_are_rounded_against_the_accuser_and_no_further_than_they_must() {
        for (log10, decimals, shown) in [
            (0.0, 2, "0.00"),
            (-1e-300, 2, "0.00"),
            (-0.001, 2, "0.00"),
            (-0.01, 2, "-0.01"),
            (-5.559, 2, "-5.55"),
            (-5.55, 2, "-5.55"),
            (-0.29, 2, "-0.29"),
            (-1.005, 2, "-1.00"),
            (-363.502_365, 4, "-363.5023"),
            (-1e18, 2, "-1000000000000000000.00"),
        ] {
            let places = decimals as usize;
            assert_eq!(format!("{:.places$}", p(log10).rounded(decimals)), shown);
            let e = Log10E::new(-log10).unwrap().rounded(decimals);
            assert_eq!(format!("{e:.places$}"), shown.replace('-', ""), "{log10}");
        }
        // Every hundredth is itself, and its neighbours go up.
        for hundredths in 1..=200_000 {
            let exact = -f64::from(hundredths) / 100.0;
            assert_eq!(p(exact).rounded(2), exact);
            assert_eq!(
                p(exact.next_up()).rounded(2),
                -f64::from(hundredths - 1) / 100.0 + 0.0
            );
            assert_eq!(p(exact.next_down()).rounded(2), exact);
        }
        assert!(p(f64::MIN).rounded(2).is_finite());
        assert_eq!(Log10E::new(-2.001).unwrap().rounded(2), -2.01);
    }

    #[test]
    fn order_is_that_of_p_and_e() {
        assert!(p(-5.0) < p(-4.0));
        assert!(Log10E::new(5.0).unwrap() > Log10E::ONE);
        assert_eq!(Log10E::new(5.0).unwrap().p_value(), p(-5.0));
        assert_eq!(Log10E::new(-5.0).unwrap().p_value(), Log10P::ONE);
    }

    #[test]
    fn json_is_a_checked_number() {
        assert_eq!(serde_json::to_string(&p(-12.5)).unwrap(), "-12.5");
        assert_eq!(serde_json::from_str::<Log10P>("-3").unwrap(), p(-3.0));
        let error = serde_json::from_str::<Log10P>("0.05").unwrap_err();
        assert!(error.to_string().contains("not p itself"), "{error}");
        assert_eq!(
            serde_json::to_string(&Log10P::new(-0.0).unwrap()).unwrap(),
            "0.0"
        );
    }
}
