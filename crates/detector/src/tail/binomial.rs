//! Upper tail of the binomial law: green counts and tournament bits.

use serde::{Deserialize, Serialize};

use super::double_word::DoubleWord;
use super::enclosure::{Enclosure, log10_p_up};
use super::error::TailError;
use super::limit::MAX_CELLS;
use super::log10::Log10P;
use super::series::decreasing_ratios;
use super::stirling::stirling_error;

/// The threshold of γ = ½: one bit of a word.
pub const HALF: u32 = 1 << 31;

/// log10 P(S ≥ `count`) for S ~ Binomial(`cells`, γ), γ = `threshold` / 2³² exactly.
///
/// The tail is `I_γ(s, n − s + 1)` (DLMF 8.17.5), **not** `I_γ(s + 1, n − s)`. The result is rounded up
/// by at most a relative 1e-9 of p for log10 p ≥ −100000 and n ≤ 1e12. `count = 0` gives exactly 0 (p = 1).
///
/// Time: constant in the far tail, about 7·√(nγ(1−γ)) short steps near the mean (milliseconds at 1e12 cells).
///
/// # Errors
/// `count > cells`, `threshold = 0`, or `cells` above [`MAX_CELLS`].
///
/// ```
/// use hallmark_detector::tail::binomial_upper;
/// // 25 cells, γ = ¼, 15 green: z = 4.04, but p = 2.14e-4 and not the normal law's 2.7e-5.
/// let p = binomial_upper(25, 15, 1 << 30)?;
/// assert_eq!(p.to_string(), "2.2e-4");
/// # Ok::<(), hallmark_detector::tail::TailError>(())
/// ```
pub fn binomial_upper(cells: u64, count: u64, threshold: u32) -> Result<Log10P, TailError> {
    check(cells, count, threshold)?;
    Ok(log10_p_up(ln_binomial_upper(
        cells,
        count,
        u64::from(threshold),
    )))
}

/// log10 P(S ≥ `ones`) for `layers` fair bits in each of `cells` cells: Binomial(n·m, ½).
///
/// # Errors
/// `ones > cells·layers`, or more than [`MAX_CELLS`] bits.
pub fn tournament_upper(cells: u64, layers: u32, ones: u64) -> Result<Log10P, TailError> {
    let bits = cells
        .checked_mul(u64::from(layers))
        .ok_or(TailError::TooManyCells { cells })?;
    binomial_upper(bits, ones, HALF)
}

/// A mid-p value in log10: P(S > s) + ½P(S = s).
///
/// **Not a valid p-value**: under the null P(mid-p ≤ α) may exceed α. Its mean is ½, which makes it right
/// for calibration plots and combined pictures and wrong for a finding. It therefore has its own type, without
/// a conversion into [`Log10P`].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Log10MidP(Log10P);

impl Log10MidP {
    /// The logarithm to base 10.
    #[must_use]
    pub fn mid_value(self) -> f64 {
        self.0.value()
    }
}

/// The mid-p value (Lancaster 1961) of the tail that [`binomial_upper`] gives, rounded up likewise.
///
/// # Errors
/// As [`binomial_upper`].
pub fn binomial_upper_mid(cells: u64, count: u64, threshold: u32) -> Result<Log10MidP, TailError> {
    check(cells, count, threshold)?;
    let ln = ln_tail(cells, count, u64::from(threshold), Point::Half);
    Ok(Log10MidP(log10_p_up(ln)))
}

/// Upper bound of ln P(S ≥ count), 0 < threshold < 2³²; the arguments are already checked.
pub(crate) fn ln_binomial_upper(cells: u64, count: u64, threshold: u64) -> DoubleWord {
    ln_tail(cells, count, threshold, Point::Whole)
}

/// How much of P(S = s) belongs to the tail.
#[derive(Clone, Copy, PartialEq)]
enum Point {
    Whole,
    Half,
}

fn ln_tail(n: u64, s: u64, threshold: u64, point: Point) -> DoubleWord {
    if s == 0 && point == Point::Whole {
        return DoubleWord::ZERO;
    }
    let other = (1 << 32) - threshold;
    let excluded = match point {
        Point::Whole => 0.0,
        Point::Half => 0.5,
    };
    let at_count = ln_point_probability(n, s, threshold);
    // At or above the mean the terms fall upwards from s; below it they fall downwards.
    if u128::from(s) << 32 >= u128::from(n) * u128::from(threshold) {
        let odds = threshold as f64 / other as f64;
        let (top, bottom) = ((n - s + 1) as f64, s as f64);
        let sum = decreasing_ratios(n - s, |k| (top - k as f64) / (bottom + k as f64) * odds);
        at_count.ln_times(up(sum.high - excluded))
    } else {
        let odds = other as f64 / threshold as f64;
        let (top, bottom) = ((s + 1) as f64, (n - s) as f64);
        let sum = decreasing_ratios(s, |k| (top - k as f64) / (bottom + k as f64) * odds);
        at_count.ln_complement((sum.low - (1.0 - excluded)).max(0.0))
    }
}

/// ln P(S = s) by Loader's saddle-point form: −n·KL(s/n ‖ γ) + ½ ln(n/(2πs(n−s))) + Stirling errors.
fn ln_point_probability(n: u64, s: u64, threshold: u64) -> Enclosure {
    let greens = deviance(s, n, threshold);
    let others = deviance(n - s, n, (1 << 32) - threshold);
    let exponent = Enclosure {
        value: -(greens + others),
        error: n as f64 * 2.0_f64.powi(-101)
            + 2.0_f64.powi(-97) * (greens.abs() + others.abs()).to_f64()
            + 2.0_f64.powi(-54),
    };
    if s == 0 || s == n {
        return exponent;
    }
    let r = n - s;
    let spread = DoubleWord::from(n).ln()
        - DoubleWord::from(s).ln()
        - DoubleWord::from(r).ln()
        - DoubleWord::LN_TAU;
    let corrections = stirling_error(n) - stirling_error(s) - stirling_error(r);
    Enclosure {
        value: exponent.value + spread.scale(-1) + corrections,
        error: exponent.error,
    }
}

/// k·ln(k / (n·threshold/2³²)), 0 for k = 0. The quotient is of exact integers.
fn deviance(k: u64, n: u64, threshold: u64) -> DoubleWord {
    if k == 0 {
        return DoubleWord::ZERO;
    }
    let observed = DoubleWord::from(u128::from(k) << 32);
    let expected = DoubleWord::from(u128::from(n) * u128::from(threshold));
    DoubleWord::from(k) * (observed / expected).ln()
}

fn up(value: f64) -> f64 {
    value.next_up()
}

fn check(cells: u64, count: u64, threshold: u32) -> Result<(), TailError> {
    if threshold == 0 {
        return Err(TailError::ThresholdZero);
    }
    if cells > MAX_CELLS {
        return Err(TailError::TooManyCells { cells });
    }
    if count > cells {
        return Err(TailError::CountExceedsCells { count, cells });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Point, ln_point_probability, ln_tail};

    /// Above and below the mean, with the whole of P(S = s) and with half of it.
    #[test]
    fn the_tail_is_the_sum_of_its_terms() {
        const CELLS: u64 = 13;
        for threshold in [1_u64 << 28, 1 << 30, 1 << 31, 7 << 29] {
            let p = threshold as f64 / 4_294_967_296.0;
            let term = |s: u64| {
                let choose: f64 = (1..=s).map(|k| (CELLS - s + k) as f64 / k as f64).product();
                choose * p.powi(s as i32) * (1.0 - p).powi((CELLS - s) as i32)
            };
            for s in 0..=CELLS {
                let above: f64 = (s + 1..=CELLS).map(term).sum();
                for (point, exact) in [
                    (Point::Whole, above + term(s)),
                    (Point::Half, above + 0.5 * term(s)),
                ] {
                    let found = ln_tail(CELLS, s, threshold, point).to_f64().exp();
                    assert!(
                        (found / exact - 1.0).abs() < 1e-10,
                        "{threshold} {s}: {found} {exact}"
                    );
                }
            }
        }
    }

    /// The rounding of deviances grows with the cells, and is above all else for more of them than anyone has.
    #[test]
    fn the_error_grows_with_the_cells() {
        let error = |n: u64| ln_point_probability(n, n / 2, 1 << 31).error;
        assert!(error(1 << 60) >= (-41_f64).exp2());
        assert!((2.0_f64.powi(-54)..2.0_f64.powi(-53)).contains(&error(1000)));
    }
}
