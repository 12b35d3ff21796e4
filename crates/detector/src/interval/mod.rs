//! Effect sizes with exact intervals, rounded outward.

mod bounded_mean;

pub use bounded_mean::bounded_mean;

use hallmark_core::score::MAX_DEFICIT;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::tail::{
    DoubleWord, MAX_CELLS, TailError, ln_binomial_upper, ln_gamma_lower, ln_gamma_upper,
};

/// Which limits an interval has. A missing limit is the parameter's own bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Sides {
    /// A lower limit with the whole α.
    Lower,
    /// An upper limit with the whole α.
    Upper,
    /// Both limits with α/2 each.
    Two,
}

/// An interval that misses the true value with a probability of at most `alpha`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The lower limit, rounded down.
    pub low: f64,
    /// The upper limit, rounded up; `f64::MAX` where a mean has none.
    pub high: f64,
    /// The probability of missing, both sides together.
    pub alpha: f64,
    /// Which limits were asked for.
    pub sides: Sides,
}

/// Input for which there is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum IntervalError {
    /// α outside (0, 1).
    #[error(
        "alpha is the chance of missing and must lie strictly between 0 and 1, but is {alpha}; for 95% pass 0.05"
    )]
    Alpha {
        /// The α that was passed.
        alpha: f64,
    },
    /// No cells, so no mean.
    #[error("nothing was scored, so there is no mean; score at least one cell")]
    NoCells,
    /// An impossible count or too many cells.
    #[error(transparent)]
    Tail(#[from] TailError),
}

/// The Clopper–Pearson interval of the rate at which distinct cells are green.
///
/// The limits are those rates at which the exact binomial tail beyond `green` equals α (or α/2); they cover whatever
/// the rate is. Each is rounded outward to a multiple of 2⁻³². It takes each cell's green bit as independent with one
/// common rate, which under the null hypothesis is exact.
///
/// # Errors
/// `green > cells`, too many cells, α outside (0, 1).
pub fn clopper_pearson(
    cells: u64,
    green: u64,
    alpha: f64,
    sides: Sides,
) -> Result<Interval, IntervalError> {
    let level = ln_level(alpha, sides)?;
    check_cells(cells)?;
    if green > cells {
        return Err(TailError::CountExceedsCells {
            count: green,
            cells,
        }
        .into());
    }
    let limit = |count| lower_threshold(cells, count, level);
    let low = if sides == Sides::Upper {
        0
    } else {
        limit(green)
    };
    let high = if sides == Sides::Lower {
        0
    } else {
        limit(cells - green)
    };
    Ok(Interval {
        low: rate(low),
        high: rate((1 << 32) - high),
        alpha,
        sides,
    })
}

/// An interval of the mean Gumbel score per cell, in nats, **under the gamma-scale model**.
///
/// Assumption: the cells' scores are independent and exponential with one common mean μ, so that their sum over μ is
/// Gamma(n, 1), an exact pivot. Under the null hypothesis that holds with μ = 1. Under a mark it is a model (the true
/// scores of a cell with probability p are a Beta-type law whose mean is the harmonic number H(1/p)), so read the interval as
/// an effect size, not as a test. `sum` is in units of 2⁻²⁴ nat, each cell rounded down by at most [`MAX_DEFICIT`]; the limits
/// allow for that and are rounded outward, to a millionth of the sum's standard deviation.
///
/// # Errors
/// No cells, too many cells, α outside (0, 1).
pub fn gamma_scale_mean(
    cells: u64,
    sum: u64,
    alpha: f64,
    sides: Sides,
) -> Result<Interval, IntervalError> {
    let level = ln_level(alpha, sides)?;
    check_cells(cells)?;
    if cells == 0 {
        return Err(IntervalError::NoCells);
    }
    let low = if sides == Sides::Upper {
        0.0
    } else {
        let quantile = quantile(cells, Direction::Up, |x| ln_gamma_upper(cells, x), level);
        let sum = DoubleWord::from(sum).scale(-24);
        ((sum / DoubleWord::from(quantile)).round_down().next_down()).max(0.0)
    };
    let high = if sides == Sides::Lower {
        f64::MAX
    } else {
        let quantile = quantile(cells, Direction::Down, |x| ln_gamma_lower(cells, x), level);
        let deficit = u128::from(cells) * u128::from(MAX_DEFICIT);
        let sum = DoubleWord::from(u128::from(sum) + deficit).scale(-24);
        (sum / DoubleWord::from(quantile)).round_up().next_up()
    };
    Ok(Interval {
        low,
        high,
        alpha,
        sides,
    })
}

/// A lower bound of ln of the α that one limit may spend.
pub(crate) fn ln_level(alpha: f64, sides: Sides) -> Result<f64, IntervalError> {
    if !(f64::MIN_POSITIVE * 4.0..1.0).contains(&alpha) {
        return Err(IntervalError::Alpha { alpha });
    }
    let share = match sides {
        Sides::Lower | Sides::Upper => alpha,
        Sides::Two => alpha / 2.0,
    };
    Ok(DoubleWord::from(share).ln().round_down().next_down())
}

/// The rate `threshold` / 2³², exactly.
pub(crate) fn rate(threshold: u64) -> f64 {
    threshold as f64 / (1_u64 << 32) as f64
}

/// A threshold t at which P(S ≥ count) is certainly at most e^level; the largest such t but for the tail's tolerance.
fn lower_threshold(cells: u64, count: u64, level: f64) -> u64 {
    if count == 0 {
        return 0;
    }
    let (mut low, mut high) = (0_u64, 1 << 32);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if ln_binomial_upper(cells, count, middle).round_up() <= level {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[derive(Clone, Copy)]
pub(crate) enum Direction {
    Up,
    Down,
}

/// An x on the outer side of the Gamma(n, 1) quantile: there the tail is certainly at most e^level.
pub(crate) fn quantile(
    cells: u64,
    direction: Direction,
    ln_tail: impl Fn(DoubleWord) -> DoubleWord,
    level: f64,
) -> f64 {
    let small = |x: f64| ln_tail(DoubleWord::from(x)).round_up() <= level;
    let mut step = 1.0 / (cells as f64).sqrt();
    let resolution = 1e-6 * step;
    let mut inner = cells as f64;
    let mut outer = inner;
    while !small(outer) {
        inner = outer;
        outer = match direction {
            Direction::Up => inner * (1.0 + step),
            Direction::Down => inner / (1.0 + step),
        };
        step *= 2.0;
    }
    while (outer - inner).abs() > resolution * outer {
        let middle = 0.5 * (inner + outer);
        if small(middle) {
            outer = middle;
        } else {
            inner = middle;
        }
    }
    outer
}

fn check_cells(cells: u64) -> Result<(), TailError> {
    if cells > MAX_CELLS {
        return Err(TailError::TooManyCells { cells });
    }
    Ok(())
}
