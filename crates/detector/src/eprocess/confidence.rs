//! The confidence sequence of the green rate.

use crate::interval::{Interval, IntervalError, Sides, ln_level, rate};
use crate::tail::{DoubleWord, MAX_CELLS, TailError, ln_factorial};

/// The interval of a confidence sequence of the green rate after `cells` cells with `green` green ones.
///
/// The intervals at **all** times hold at once with probability 1 − `alpha`, so one may look at any time and stop when
/// one likes; [`crate::interval::clopper_pearson`] holds at one fixed time only and is about half as wide.
///
/// All rates q with L(q) ≥ α·∫L dπ, where L(q) = q^S(1−q)^(n−S) and π is the Beta(½, ½) law: ∫L dπ / L(q) is a
/// martingale of mean 1 under the rate q (Robbins 1970), whatever q is. An interval, as L is log-concave. Limits are
/// rounded outward to multiples of 2⁻³². The cells' green bits are taken as independent with one common rate.
///
/// # Errors
/// `green > cells`, too many cells, α outside (0, 1).
pub fn green_rate_sequence(cells: u64, green: u64, alpha: f64) -> Result<Interval, IntervalError> {
    // Both limits come from one event, so the whole α is spent once.
    let ln_alpha = ln_level(alpha, Sides::Lower)?;
    if cells > MAX_CELLS {
        return Err(TailError::TooManyCells { cells }.into());
    }
    let others = cells
        .checked_sub(green)
        .ok_or(TailError::CountExceedsCells {
            count: green,
            cells,
        })?;
    // More than all rounding errors: each logarithm is below 64 nats and within 2⁻⁹⁸ of itself, at most
    // 2⁸ times in all; Stirling's formula adds five times 2⁻⁵⁶.
    let slack = cells as f64 * 64.0 * 2.0_f64.powi(-90) + 2.0_f64.powi(-53);
    let bar = ln_mixture(green, others) + DoubleWord::from(ln_alpha - slack);
    let excluded = |t: u64| (ln_likelihood(green, others, t) - bar).round_up() < -slack;
    let estimate = (u128::from(green) << 32)
        .checked_div(u128::from(cells))
        .unwrap_or(0) as u64;
    let low = match green {
        0 => 0,
        _ => outermost(0, estimate, excluded),
    };
    let high = match others {
        0 => 1 << 32,
        _ => outermost(1 << 32, estimate + 1, excluded),
    };
    Ok(Interval {
        low: rate(low),
        high: rate(high),
        alpha,
        sides: Sides::Two,
    })
}

/// ln ∫ q^S(1−q)^F dBeta(½, ½) = ln [Γ(S+½)Γ(F+½) / (π·n!)], by Γ(k+½) = (2k)!·√π / (4^k·k!).
fn ln_mixture(green: u64, others: u64) -> DoubleWord {
    let half =
        |k: u64| ln_factorial(2 * k) - ln_factorial(k) - DoubleWord::LN_2 * DoubleWord::from(2 * k);
    half(green) + half(others) - ln_factorial(green + others)
}

/// ln L at the rate `t` / 2³², 0 < t < 2³².
fn ln_likelihood(green: u64, others: u64, t: u64) -> DoubleWord {
    let ln = |t: u64| DoubleWord::from(t).ln() - DoubleWord::LN_2 * DoubleWord::from(32.0);
    DoubleWord::from(green) * ln(t) + DoubleWord::from(others) * ln((1 << 32) - t)
}

/// The last excluded threshold on the way from `outside` (excluded) to `inside` (taken as not excluded).
fn outermost(outside: u64, inside: u64, excluded: impl Fn(u64) -> bool) -> u64 {
    let (mut outside, mut inside) = (outside, inside);
    while outside.abs_diff(inside) > 1 {
        let middle = u64::midpoint(outside, inside);
        if excluded(middle) {
            outside = middle;
        } else {
            inside = middle;
        }
    }
    outside
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mixture is a law of sequences: over all 2ⁿ of them it sums to 1.
    #[test]
    fn mixture_is_a_probability() {
        for n in [0_u64, 1, 2, 7, 30] {
            let mut ways = 1.0;
            let mut total = 0.0;
            for s in 0..=n {
                total += ways * ln_mixture(s, n - s).to_f64().exp();
                ways *= (n - s) as f64 / (s + 1) as f64;
            }
            assert!((total - 1.0).abs() < 1e-13, "{n}: {total}");
        }
    }
}
