//! T8's statistic, the boundary that it draws, and its p-value.

use super::crossing::ln_crossing;
use crate::finding::{ShapeFinding, Strongest};
use crate::tail::{DoubleWord, Log10P, MAX_CELLS, TailError, ln_binomial_upper, log10_p_up};

/// A numerator of 2³² is p = 1.
const ONE: u64 = 1 << 32;

/// More than the difference between a computed ln π and the true one (a relative 1e-9 of π, see [`crate::tail`]).
const TOLERANCE: f64 = 2e-9;

/// T8 from the K smallest p-values of N cells, ascending, as numerators over 2³² (1 to 2³²).
///
/// Ranks are looked at on a fixed grid (1 to 10, then each about a fifth above the last), as neighbours say
/// nearly the same. Both are functions of N alone, so that nothing is chosen by the key.
///
/// # Errors
/// More cells than the tails allow, or more numerators than cells.
pub fn shape_p_value(cells: u64, numerators: &[u64]) -> Result<ShapeFinding, TailError> {
    if cells > MAX_CELLS {
        return Err(TailError::TooManyCells { cells });
    }
    let looked_at = numerators.len() as u64;
    if looked_at > cells {
        return Err(TailError::CountExceedsCells {
            count: looked_at,
            cells,
        });
    }
    let ranks: Vec<u64> = grid(looked_at).collect();
    let levels = ranks.iter().map(|&rank| {
        let numerator = numerators[rank as usize - 1];
        (ln_level(cells, rank, numerator), rank, numerator)
    });
    // The first of equals.
    let smallest = levels.reduce(|best, next| {
        if (next.0 - best.0).is_negative() {
            next
        } else {
            best
        }
    });
    let Some((ln_smallest, rank, numerator)) = smallest else {
        return Ok(ShapeFinding {
            cells,
            looked_at,
            log10_smallest: 0.0,
            log10_p: Log10P::ONE,
            strongest: None,
        });
    };
    Ok(ShapeFinding {
        cells,
        looked_at,
        log10_smallest: log10_p_up(ln_smallest).value(),
        log10_p: p_value(cells, &ranks, ln_smallest),
        strongest: Some(Strongest {
            cells: rank,
            score: -libm::log(numerator as f64 / ONE as f64),
            expected: cells as f64 * numerator as f64 / ONE as f64,
        }),
    })
}

/// The chance that the smallest π(i) over these ranks is as small as this one: the smaller of two upper bounds of it.
fn p_value(cells: u64, ranks: &[u64], ln_smallest: DoubleWord) -> Log10P {
    let bar = ln_smallest + DoubleWord::from(TOLERANCE);
    // Bonferroni over the ranks: each is below its own boundary with probability at most e^bar.
    let union = log10_p_up(DoubleWord::from(ranks.len() as u64).ln() + bar);
    // Far out the union loses at most log10 of the number of ranks, and the recursion's numbers would underflow.
    if bar.to_f64() < FAR {
        return union;
    }
    let boundary: Vec<u64> = ranks
        .iter()
        .map(|&rank| boundary(cells, rank, bar))
        .collect();
    union.min(log10_p_up(ln_crossing(cells, ranks, &boundary)))
}

/// ln of the level below which only the union bound is used.
const FAR: f64 = -600.0;

/// An upper bound of ln P(Binomial(cells, numerator/2³²) ≥ rank).
fn ln_level(cells: u64, rank: u64, numerator: u64) -> DoubleWord {
    if numerator >= ONE {
        return DoubleWord::ZERO;
    }
    ln_binomial_upper(cells, rank, numerator)
}

/// A numerator at or above every one whose computed level is at most the statistic's; 0 if there is none.
///
/// `bar` is the statistic plus the tolerance. The level at the next numerator is above `bar` as computed, so its true value is above the
/// statistic, and, as true levels rise with the numerator, so are those of all larger ones.
fn boundary(cells: u64, rank: u64, bar: DoubleWord) -> u64 {
    let (mut inside, mut outside) = (0, ONE + 1);
    while outside - inside > 1 {
        let middle = u64::midpoint(inside, outside);
        if (bar - ln_level(cells, rank, middle)).is_negative() {
            outside = middle;
        } else {
            inside = middle;
        }
    }
    inside
}

/// 1 to 10, then each a fifth above the last.
fn grid(most: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(1_u64), |&rank| Some(rank + (rank / 5).max(1)))
        .take_while(move |&rank| rank <= most)
}
