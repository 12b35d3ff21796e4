//! Upper tail of the gamma law: sums of Gumbel scores.

use super::double_word::DoubleWord;
use super::enclosure::{Enclosure, log10_p_up};
use super::error::TailError;
use super::limit::MAX_CELLS;
use super::log10::Log10P;
use super::series::decreasing_ratios;
use super::stirling::stirling_error;

/// One nat in the units of a Gumbel score: 2²⁴.
pub const NAT: u64 = 1 << 24;

/// log10 Q(n, s): the probability that a Gamma(`cells`, 1) variable reaches `sum` / 2²⁴ nat.
///
/// `sum` is in units of 2⁻²⁴ nat and a lower bound of the true sum of −ln(1 − w/2³²) (every cell's
/// score is rounded down); the law of the words is discrete and dominated by the gamma law. Both only raise p.
/// The result is rounded up by at most a relative 1e-9 of p for log10 p ≥ −100000 and n ≤ 1e12.
/// `sum = 0` gives exactly 0 (p = 1), also for no cells.
///
/// # Errors
/// A positive sum over no cells, or `cells` above [`MAX_CELLS`].
///
/// ```
/// use hallmark_detector::tail::{NAT, gamma_upper};
/// // One cell with a score of 3 nat: p = e⁻³.
/// let p = gamma_upper(1, 3 * NAT)?;
/// assert_eq!(p.to_string(), "5.0e-2");
/// # Ok::<(), hallmark_detector::tail::TailError>(())
/// ```
pub fn gamma_upper(cells: u64, sum: u64) -> Result<Log10P, TailError> {
    if cells > MAX_CELLS {
        return Err(TailError::TooManyCells { cells });
    }
    if sum == 0 {
        return Ok(Log10P::ONE);
    }
    if cells == 0 {
        return Err(TailError::SumWithoutCells { sum });
    }
    let nats = DoubleWord::from(sum).scale(-24);
    Ok(log10_p_up(ln_gamma_upper(cells, nats)))
}

/// Upper bound of ln Q(n, x), n ≥ 1, x > 0: the Poisson(x) probability of fewer than n events.
pub(crate) fn ln_gamma_upper(n: u64, x: DoubleWord) -> DoubleWord {
    if beyond(n, x) {
        ln_poisson(n - 1, x).upper_tail(below(n, x))
    } else {
        ln_poisson(n, x).ln_complement(from(n, x).low)
    }
}

/// Upper bound of ln P(n, x) = ln(1 − Q(n, x)), n ≥ 1, x > 0.
pub(crate) fn ln_gamma_lower(n: u64, x: DoubleWord) -> DoubleWord {
    if beyond(n, x) {
        ln_poisson(n - 1, x).ln_complement(below(n, x).low)
    } else {
        ln_poisson(n, x).upper_tail(from(n, x))
    }
}

/// Whether the Poisson terms fall downwards from n − 1, so that Q is the tail that is summed.
fn beyond(n: u64, x: DoubleWord) -> bool {
    !(x - DoubleWord::from(n)).is_negative()
}

/// Σ_{k<n} of the Poisson(x) terms in units of the one at n − 1, x ≥ n.
fn below(n: u64, x: DoubleWord) -> super::series::Sum {
    let (top, inverse) = (n as f64, 1.0 / x.to_f64());
    decreasing_ratios(n - 1, |k| (top - k as f64) * inverse)
}

/// Σ_{k≥n} of the Poisson(x) terms in units of the one at n, x < n.
fn from(n: u64, x: DoubleWord) -> super::series::Sum {
    let (start, mean) = (n as f64, x.to_f64());
    decreasing_ratios(u64::MAX, |k| mean / (start + k as f64))
}

/// ln(e⁻ˣ xᵏ / k!) by Loader's saddle-point form.
fn ln_poisson(k: u64, x: DoubleWord) -> Enclosure {
    if k == 0 {
        return Enclosure {
            value: -x,
            error: 0.0,
        };
    }
    let count = DoubleWord::from(k);
    let ratio = (count / x).ln();
    let deviance = count * ratio + (x - count);
    let spread = (DoubleWord::LN_TAU + count.ln()).scale(-1);
    let size = count.to_f64() * (1.0 + 16.0 * ratio.abs().to_f64()) + x.to_f64();
    Enclosure {
        value: -(deviance + spread + stirling_error(k)),
        error: size * 2.0_f64.powi(-100) + 2.0_f64.powi(-55),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// e⁻ˣxᵏ/k!.
    fn term(k: u64, x: f64) -> f64 {
        let factorial: f64 = (1..=k).map(|j| (j as f64).ln()).sum();
        (k as f64 * x.ln() - x - factorial).exp()
    }

    #[test]
    fn both_tails_are_sums_of_poisson_terms() {
        for n in [1, 2, 7, 30] {
            for x in [0.1, 1.0, 5.0, 7.0, 20.0, 29.5, 30.0, 60.0] {
                let upper: f64 = (0..n).map(|k| term(k, x)).sum();
                let lower: f64 = (n..n + 300).map(|k| term(k, x)).sum();
                for (found, exact) in [
                    (ln_gamma_upper(n, DoubleWord::from(x)), upper),
                    (ln_gamma_lower(n, DoubleWord::from(x)), lower),
                ] {
                    let found = found.to_f64().exp();
                    assert!(
                        (found / exact - 1.0).abs() < 1e-9,
                        "{n} {x}: {found} {exact}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_error_grows_with_the_count() {
        let (k, x) = (1_000_000_000_000_000_u64, 1.1e15);
        let found = ln_poisson(k, DoubleWord::from(x)).error;
        let size = 1e15 * (1.0 + 16.0 * 1.1_f64.ln()) + 1.1e15;
        let expected = size * 2_f64.powi(-100) + 2_f64.powi(-55);
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
        let none = ln_poisson(0, DoubleWord::from(3.0));
        assert_eq!((none.value.to_f64(), none.error), (-3.0, 0.0));
    }
}
