//! How many cells a test needs: by the exact tails, not by a normal approximation alone.

use super::counts::Counts;
use super::design::{Design, SampleSize};
use super::{MOST_CELLS, PowerError};
use crate::interval::{self, Direction};
use crate::tail::{DoubleWord, ln_gamma_lower, ln_gamma_upper};
use hallmark_core::score::MAX_DEFICIT;

/// Distinct fresh cells that T1 needs.
///
/// Counts: S is Binomial(n, γ) under the null and Binomial(n, γ + lift) under the mark. The
/// critical count is the smallest whose exact tail (as the test prints it, rounded up) is at most
/// α. It grows with n in steps, and at each step the power drops by about one point probability.
/// The result is the smallest n from which on the power stays at or above the one asked for,
/// checked for as many steps as the drops can outweigh the trend, at most 512.
///
/// Gumbel scores: the sum is Gamma(n, 1) under the null and, in the gamma-scale model, (1 +
/// lift)·Gamma(n, 1) under the mark; the largest possible rounding of scores is taken off the lift.
///
/// # Errors
/// When a value is out of range, or more than [`MOST_CELLS`] cells are needed.
pub fn sample_size(design: &Design) -> Result<SampleSize, PowerError> {
    design.check()?;
    let normal_cells = design.normal_cells();
    if normal_cells > MOST_CELLS as f64 {
        return Err(PowerError::TooManyCells {
            lift: design.lift,
            cells: normal_cells,
        });
    }
    Ok(match Counts::of(design) {
        Some(counts) => counts.sample_size(design, normal_cells),
        None => gamma_sample_size(design, normal_cells),
    })
}

fn gamma_sample_size(design: &Design, normal_cells: f64) -> SampleSize {
    let ln_alpha = design.ln_alpha();
    let mean = 1.0 + design.lift - f64::from(MAX_DEFICIT) / f64::from(1_u32 << 24);
    let critical = |cells: u64| {
        let tail = |x| ln_gamma_upper(cells, x);
        interval::quantile(cells, Direction::Up, tail, ln_alpha)
    };
    let power = |cells: u64, critical: f64| {
        let missed = ln_gamma_lower(cells, DoubleWord::from(critical / mean)).round_up();
        (1.0 - libm::exp(missed).next_up()).max(0.0)
    };
    let enough = |cells: u64| power(cells, critical(cells)) >= design.power;
    let (mut low, mut high) = (0, normal_cells.max(1.0) as u64);
    while !enough(high) {
        low = high;
        high += (high / 16).max(1);
    }
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    let critical = critical(high);
    SampleSize {
        cells: high,
        normal_cells,
        critical,
        power: power(high, critical),
    }
}
