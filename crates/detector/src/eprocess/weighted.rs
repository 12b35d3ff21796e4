//! The weighted e-process: bets in proportion to the weight of each cell's window.

use super::error::EProcessError;
use super::mixture::{lower_log10_mean, lower_sum};
use super::record::{Checkpoint, Record};
use super::{green, gumbel};
use crate::tail::{DoubleWord, Log10E, Log10P, MAX_CELLS};
use hallmark_core::law::Law;
use hallmark_core::score;

/// `(1/64)·Σ_j Π_l f_jl`, where `f_jl` bets on the cells of level l with an effect in proportion to the
/// level's weight `ω_l`:
///
/// - green: `(r/γ)^S·((1−r)/(1−γ))^(n−S)` with `r = γ + Δ_j·ω_l/ω_max`, rounded down to multiples of 2⁻³²;
/// - Gumbel: `(1−θ)^n·e^(θS)` with `θ = θ_j·ω_l/ω_max`.
///
/// The `Δ_j` are those of [`GreenEProcess`](super::GreenEProcess), the `θ_j` the tilts of
/// [`GumbelEProcess`](super::GumbelEProcess). A cell's weight is a function of its window, so it is known before
/// the cell's word: each factor has mean at most 1 given all before, and the mixture is a supermartingale
/// (`docs/tests/weighted.md`). It depends on the cells through a count and a sum for each level only.
///
/// ```
/// use hallmark_core::law::Law;
/// use hallmark_detector::eprocess::{LevelSums, WeightedEProcess};
/// let law = Law::Bernoulli { threshold: 1 << 30 }; // γ = ¼
/// let mut process = WeightedEProcess::new(law, &[0, 1, 8])?.expect("green has an e-process");
/// let level = |cells, score| LevelSums { cells, score };
/// process.observe(&[level(500, 120), level(300, 80), level(200, 110)])?;
/// assert!(process.p_value().value() < -8.0);
/// # Ok::<(), hallmark_detector::eprocess::EProcessError>(())
/// ```
#[derive(Debug, Clone)]
pub struct WeightedEProcess {
    law: Law,
    alternatives: Vec<Vec<Bet>>,
    totals: Vec<LevelSums>,
    cells: u64,
    record: Record,
}

/// Cells of one level: how many, and the sum of their scores in the law's integer unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LevelSums {
    /// How many cells.
    pub cells: u64,
    /// The sum of their scores.
    pub score: u64,
}

/// The logarithm of one factor: nats a cell and a unit of score, each within 2⁻⁹⁸ relative + 2⁻¹⁰²
/// absolute.
#[derive(Debug, Clone, Copy)]
struct Bet {
    level: usize,
    /// Green: for a cell that is not. Gumbel: for every cell.
    per_cell: DoubleWord,
    /// Green: for a green cell. Gumbel: for a unit of score.
    per_score: DoubleWord,
}

impl WeightedEProcess {
    /// For scores of this law, and cells of levels with these weights; nothing for tournament bits, which
    /// have no e-process.
    ///
    /// # Errors
    /// A green threshold of 0 or 2³² − 1, which leaves no alternative.
    pub fn new(law: Law, weights: &[u32]) -> Result<Option<Self>, EProcessError> {
        let alternatives = match law {
            Law::Bits { .. } => return Ok(None),
            Law::Exponential => gumbel::excesses()
                .map(|excess| bets(weights, |share| tilt(excess / (1.0 + excess) * share)))
                .collect(),
            Law::Bernoulli { threshold } => {
                if threshold == 0 || threshold == u32::MAX {
                    return Err(EProcessError::Threshold { threshold });
                }
                let threshold = u64::from(threshold);
                green::alternatives(threshold)
                    .map(|best| bets(weights, |share| lift(threshold, best, share)))
                    .collect()
            }
        };
        Ok(Some(Self {
            law,
            alternatives,
            totals: vec![LevelSums::default(); weights.len()],
            cells: 0,
            record: Record::new(),
        }))
    }

    /// Adds a chunk of distinct cells, level by level, and looks; returns log10 E now.
    ///
    /// # Errors
    /// Scores that no words have, or more than [`MAX_CELLS`] in total. The process is then
    /// unchanged.
    ///
    /// # Panics
    /// When there are not as many levels as weights.
    pub fn observe(&mut self, levels: &[LevelSums]) -> Result<Log10E, EProcessError> {
        assert_eq!(levels.len(), self.totals.len(), "one sum for each level");
        for &LevelSums { cells, score } in levels {
            match self.law {
                Law::Bernoulli { .. } if score > cells => {
                    return Err(EProcessError::CountExceedsCells {
                        green: score,
                        cells,
                    });
                }
                Law::Exponential
                    if u128::from(score)
                        > u128::from(cells) * u128::from(score::exponential(u32::MAX)) =>
                {
                    return Err(EProcessError::ScoreExceedsCells { score, cells });
                }
                _ => {}
            }
        }
        let total = levels
            .iter()
            .try_fold(self.cells, |sum, level| sum.checked_add(level.cells))
            .filter(|&total| total <= MAX_CELLS)
            .ok_or(EProcessError::TooManyCells { limit: MAX_CELLS })?;
        for (sum, more) in self.totals.iter_mut().zip(levels) {
            sum.cells += more.cells;
            sum.score += more.score;
        }
        self.cells = total;
        let log10_e = self.log10_e_now();
        self.record.look(Checkpoint {
            cells: total,
            log10_e,
        });
        Ok(log10_e)
    }

    /// log10 E at the last look.
    #[must_use]
    pub fn log10_e(&self) -> Log10E {
        self.record.last().log10_e
    }

    /// The largest E at any look, and after how many cells; E = 1 at 0 cells counts.
    #[must_use]
    pub fn supremum(&self) -> Checkpoint {
        self.record.supremum()
    }

    /// p = 1 / sup E (Ville), valid at any stopping time.
    #[must_use]
    pub fn p_value(&self) -> Log10P {
        self.record.supremum().log10_e.p_value()
    }

    /// At most 200 looks, evenly thinned, with the supremum and the last: for a plot.
    #[must_use]
    pub fn trajectory(&self) -> Vec<Checkpoint> {
        self.record.trajectory()
    }

    fn log10_e_now(&self) -> Log10E {
        let weighted = self.alternatives[0]
            .iter()
            .any(|bet| self.totals[bet.level].cells > 0);
        // No cells with a weight: exactly 1, which a rounded sum of ones would miss.
        if !weighted {
            return Log10E::ONE;
        }
        let exponents: Vec<DoubleWord> = self
            .alternatives
            .iter()
            .map(|bets| self.exponent(bets))
            .collect();
        lower_log10_mean(&exponents)
    }

    /// A lower bound of the log-likelihood ratio of one alternative.
    fn exponent(&self, bets: &[Bet]) -> DoubleWord {
        let terms = bets.iter().flat_map(|bet| {
            let LevelSums { cells, score } = self.totals[bet.level];
            let others = match self.law {
                Law::Bernoulli { .. } => cells - score,
                Law::Exponential | Law::Bits { .. } => cells,
            };
            [(bet.per_cell, others.into()), (bet.per_score, score.into())]
        });
        // Coefficients 2⁻⁹⁸ and 2⁻¹⁰² as stated, products 5u², at most 2⁹ sums of 3u² each: 2⁻⁹⁵·⁴, u = 2⁻⁵³.
        const { assert!(2 * MOST_PARTS * crate::weights::LEVELS <= 1 << 9) };
        lower_sum(terms, -94, -101)
    }
}

/// Parts of a mark whose cells are bet on at most: a ring's.
const MOST_PARTS: usize = hallmark_core::profile::MAX_RING as usize;

/// One alternative's bets on the levels that have a weight and room for a bet.
fn bets(weights: &[u32], bet: impl Fn(f64) -> Option<(DoubleWord, DoubleWord)>) -> Vec<Bet> {
    let largest = f64::from(weights.iter().copied().max().unwrap_or(0));
    weights
        .iter()
        .enumerate()
        .filter(|&(_, &weight)| weight > 0)
        .filter_map(|(level, &weight)| {
            let (per_cell, per_score) = bet(f64::from(weight) / largest)?;
            Some(Bet {
                level,
                per_cell,
                per_score,
            })
        })
        .collect()
}

/// (1 − θ)·e^(θs) for an exact θ in (0, 1).
fn tilt(theta: f64) -> Option<(DoubleWord, DoubleWord)> {
    let theta = DoubleWord::from(theta);
    let per_cell = (DoubleWord::ONE - theta).ln();
    Some((per_cell, theta.scale(-24)))
}

/// The green rate γ + (best − γ)·share, in units of 2⁻³²; nothing where it rounds to γ.
fn lift(threshold: u64, best: u64, share: f64) -> Option<(DoubleWord, DoubleWord)> {
    let rate = threshold + ((best - threshold) as f64 * share) as u64;
    let quotient = |over: u64, under: u64| (DoubleWord::from(over) / DoubleWord::from(under)).ln();
    (rate > threshold).then(|| {
        (
            quotient((1 << 32) - rate, (1 << 32) - threshold),
            quotient(rate, threshold),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::LADDER;

    /// Each green factor's mean is 1 within rounding, each Gumbel factor's at most 1, over all words on a
    /// lattice of 4,096.
    #[test]
    fn every_bet_has_mean_at_most_one() {
        for law in [
            Law::Exponential,
            Law::Bernoulli { threshold: 1 << 30 },
            Law::Bernoulli {
                threshold: 0xF000_0000,
            },
        ] {
            let process = WeightedEProcess::new(law, &LADDER.map(u32::from))
                .unwrap()
                .unwrap();
            for bet in process.alternatives.iter().flatten() {
                let factor = |word: u32| {
                    let score = u64::from(law.score(word));
                    let others = match law {
                        Law::Bernoulli { .. } => 1 - score,
                        _ => 1,
                    };
                    let ln = bet.per_cell * DoubleWord::from(others)
                        + bet.per_score * DoubleWord::from(score);
                    ln.to_f64().exp()
                };
                let sum: f64 = (0..1_u32 << 12).map(|k| factor(k << 20)).sum();
                let mean = sum / 4096.0;
                assert!(mean <= 1.0 + 1e-12, "{law:?} level {}: {mean}", bet.level);
            }
        }
    }
}
