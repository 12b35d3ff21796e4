//! The e-process of T3r: bets on windows when a log visits them first.

mod steps;

pub(crate) use steps::{STEPS, step};

use super::error::EProcessError;
use super::mixture::{lower_log10_sum, lower_sum};
use super::record::{Checkpoint, Record};
use crate::tail::{DoubleWord, Log10E, MAX_CELLS};
use hallmark_core::law::Law;

/// Kinds of weights that a cell has, each with its stake: three that follow the marked choice, and one that leans towards it.
pub(crate) const KINDS: usize = 4;

/// The kinds that follow.
pub(crate) const FOLLOW: usize = 3;

/// Strengths of every kind: 2⁻⁶, 2⁻⁵, …, 2.
const STRENGTHS: i32 = 8;

/// `½·(1/24) Σ_{a, follow} Π f(a·weight) + ½·(1/8) Σ_a Π f(a·lean)`, over the cells of windows that were visited up to now, where f is,
/// with d = a·weight:
///
/// - Gumbel: `e^(θs)/(1 + d)`, `θ = d/(1 + d)`, d at least −0.9: the likelihood ratio of a score with mean 1 + d. For d < 0 a score is
///   taken 47 units of 2⁻²⁴ nat higher than it was rounded.
/// - green: `r/γ` or `(1 − r)/(1 − γ)`, `r = γ + d` within 0.1γ and 1 − 0.1(1 − γ), rounded to multiples of 2⁻³².
/// - tournament bits: `(1 + d)` for a one, `(1 − d)` for a zero, d within ±0.9.
///
/// Each factor has mean at most 1 under the null, whatever the weight, which is known before the window is visited first
/// (`docs/tests/first-visits.md`). Weights are steps `±2^(k/4)`, so that it depends on the cells through a count and a sum for each kind and step.
#[derive(Clone, Debug)]
pub struct FirstVisitsEProcess {
    /// For each part, strength and step; nothing where the bet is none.
    bets: Vec<Vec<Bet>>,
    law: Law,
    totals: VisitSums,
    record: Record,
    halves: Halves,
}

/// What the halves of the mixture came to at the last look, each as if all the stake were its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Halves {
    /// log10 E of the bets that the suspect follows the marked choice.
    pub follow: Log10E,
    /// log10 E of the bets that it leans towards it.
    pub lean: Log10E,
}

/// Cells that were bet on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VisitSums {
    /// Cells with a bet of any kind; under each sub-key of a ring one.
    pub(crate) cells: u64,
    /// For each part of the mark, what of it was bet on.
    pub(crate) parts: Vec<PartSums>,
}

/// Words of one part of a mark that were bet on, by kind and step of their weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartSums {
    /// How many.
    pub(crate) counts: [[u64; STEPS]; KINDS],
    /// The sums of their scores.
    pub(crate) scores: [[u64; STEPS]; KINDS],
}

/// The logarithm of one factor, in nats.
#[derive(Clone, Copy, Debug)]
struct Bet {
    step: usize,
    /// Gumbel: for every cell. Green and bits: for each that is not.
    per_cell: DoubleWord,
    /// For each unit of score.
    per_score: DoubleWord,
}

/// Units of 2⁻²⁴ by which a rounded score is raised where a bet is below 0: 36 that rounding may take, and for words on a lattice of N
/// levels ⌈2²⁴·ln(2πN)/2N⌉ + 1, which is 11 for N = 2²⁴ and less for more.
const RAISED: u32 = hallmark_core::score::MAX_DEFICIT + 11;

impl VisitSums {
    /// Nothing, for a mark of so many parts.
    pub(crate) fn new(parts: usize) -> Self {
        Self {
            cells: 0,
            parts: vec![
                PartSums {
                    counts: [[0; STEPS]; KINDS],
                    scores: [[0; STEPS]; KINDS],
                };
                parts
            ],
        }
    }

    /// Both together.
    pub(crate) fn and(mut self, more: &Self) -> Self {
        self.add(more);
        self
    }

    fn add(&mut self, more: &Self) {
        let add = |to: &mut [[u64; STEPS]; KINDS], more: &[[u64; STEPS]; KINDS]| {
            let pairs = to.as_flattened_mut().iter_mut().zip(more.as_flattened());
            pairs.for_each(|(to, more)| *to += more);
        };
        self.cells += more.cells;
        for (to, more) in self.parts.iter_mut().zip(&more.parts) {
            add(&mut to.counts, &more.counts);
            add(&mut to.scores, &more.scores);
        }
    }
}

impl FirstVisitsEProcess {
    /// Nothing visited: E = 1. `parts` are the weights of the mark's parts, which are bet on in proportion to them.
    ///
    /// # Errors
    /// A green threshold of 0 or 2³² − 1, which leaves no alternative.
    pub(crate) fn new(law: Law, parts: &[u32]) -> Result<Self, EProcessError> {
        if let Law::Bernoulli {
            threshold: threshold @ (0 | u32::MAX),
        } = law
        {
            return Err(EProcessError::Threshold { threshold });
        }
        let largest = f64::from(parts.iter().copied().max().unwrap_or(1));
        let strengths = (0..STRENGTHS).map(|a| 2.0_f64.powi(a - 6));
        let of_part = |&part: &u32| {
            let share = f64::from(part) / largest;
            let of_strength = move |strength: f64| -> Vec<Bet> {
                let bets = (0..STEPS).filter_map(|step| bet(law, step, strength * share));
                bets.collect()
            };
            strengths.clone().map(of_strength)
        };
        Ok(Self {
            bets: parts.iter().flat_map(of_part).collect(),
            law,
            totals: VisitSums::new(parts.len()),
            record: Record::new(),
            halves: Halves {
                follow: Log10E::ONE,
                lean: Log10E::ONE,
            },
        })
    }

    /// Adds the cells of all windows that were visited first in the next stretch of the log, and looks.
    ///
    /// # Errors
    /// More than [`MAX_CELLS`] in total.
    pub(crate) fn observe(&mut self, sums: &VisitSums) -> Result<(), EProcessError> {
        let cells = self.totals.cells.saturating_add(sums.cells);
        if cells > MAX_CELLS {
            return Err(EProcessError::TooManyCells { limit: MAX_CELLS });
        }
        if sums.cells == 0 {
            return Ok(());
        }
        self.totals.add(sums);
        let process = &*self;
        let of_kind = |kind: usize| {
            let strengths = 0..STRENGTHS as usize;
            strengths.map(move |strength| process.exponent(kind, strength))
        };
        let follow: Vec<DoubleWord> = (0..FOLLOW).flat_map(of_kind).collect();
        let lean: Vec<DoubleWord> = of_kind(FOLLOW).collect();
        let mean = |exponents: &[DoubleWord], of: usize| {
            let share = DoubleWord::from(of as u64).ln();
            exponents.iter().map(|&one| one - share).collect::<Vec<_>>()
        };
        self.halves = Halves {
            follow: lower_log10_sum(&mean(&follow, follow.len())),
            lean: lower_log10_sum(&mean(&lean, lean.len())),
        };
        let mut all = mean(&follow, 2 * follow.len());
        all.extend(mean(&lean, 2 * lean.len()));
        self.record.look(Checkpoint {
            cells,
            log10_e: lower_log10_sum(&all),
        });
        Ok(())
    }

    /// log10 E after the last window of the log.
    #[must_use]
    pub fn log10_e(&self) -> Log10E {
        self.record.last().log10_e
    }

    /// Cells that were bet on.
    #[must_use]
    pub fn cells(&self) -> u64 {
        self.totals.cells
    }

    /// The halves of it.
    #[must_use]
    pub fn halves(&self) -> Halves {
        self.halves
    }

    /// The largest E at any look, and after how many cells; E = 1 at 0 cells counts.
    #[must_use]
    pub fn supremum(&self) -> Checkpoint {
        self.record.supremum()
    }

    /// A lower bound of the log-likelihood ratio of one kind's bets at one strength.
    fn exponent(&self, kind: usize, strength: usize) -> DoubleWord {
        let parts = self.totals.parts.iter().enumerate();
        let terms = parts.flat_map(|(part, sums)| {
            let bets = &self.bets[part * STRENGTHS as usize + strength];
            bets.iter().flat_map(move |bet| {
                let cells = sums.counts[kind][bet.step];
                let score = sums.scores[kind][bet.step];
                let others = match self.law {
                    Law::Exponential => cells,
                    Law::Bernoulli { .. } => cells - score,
                    Law::Bits { layers } => cells * u64::from(layers) - score,
                };
                [(bet.per_cell, others.into()), (bet.per_score, score.into())]
            })
        });
        // Coefficients within 2⁻⁹⁷ relative + 2⁻¹⁰¹ absolute, products 5u², at most 2¹³ sums of 3u² each, u = 2⁻⁵³.
        const { assert!(2 * MOST_PARTS * STEPS <= 1 << 13) };
        lower_sum(terms, -90, -100)
    }
}

/// Parts of a mark whose cells are bet on at most: a ring's.
const MOST_PARTS: usize = hallmark_core::profile::MAX_RING as usize;

/// The bet of a step at a strength; nothing where it is none.
fn bet(law: Law, step: usize, strength: f64) -> Option<Bet> {
    let d = strength * steps::value(step);
    let (per_cell, per_score) = match law {
        Law::Exponential => {
            let d = DoubleWord::from(d.max(-0.9));
            let mean = DoubleWord::ONE + d;
            let tilt = d / mean;
            let raised = match d.is_negative() {
                true => (tilt * DoubleWord::from(f64::from(RAISED))).scale(-24),
                false => DoubleWord::ZERO,
            };
            (raised - mean.ln(), tilt.scale(-24))
        }
        Law::Bernoulli { threshold } => {
            let (green, all) = (f64::from(threshold), 4_294_967_296.0);
            let rate = (green + d * all).clamp(0.1 * green, all - 0.1 * (all - green)) as u64;
            if rate == u64::from(threshold) {
                return None;
            }
            let ratio = |over, under| (DoubleWord::from(over) / DoubleWord::from(under)).ln();
            let (threshold, all) = (u64::from(threshold), 1_u64 << 32);
            (
                ratio(all - rate, all - threshold),
                ratio(rate.max(1), threshold),
            )
        }
        Law::Bits { .. } => {
            let d = DoubleWord::from(d.clamp(-0.9, 0.9));
            ((DoubleWord::ONE - d).ln(), (DoubleWord::ONE + d).ln())
        }
    };
    Some(Bet {
        step,
        per_cell,
        per_score,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(law: Law, bet: &Bet, word: u32) -> f64 {
        let score = u64::from(law.score(word));
        let others = match law {
            Law::Exponential => 1,
            Law::Bernoulli { .. } => 1 - score,
            Law::Bits { layers } => u64::from(layers) - score,
        };
        let ln = bet.per_cell * DoubleWord::from(others) + bet.per_score * DoubleWord::from(score);
        ln.to_f64().exp()
    }

    /// Over every word, by the number of words of each score where scores are few; over the lattice of 2²⁴ words where they are not, on
    /// which the mean of a bet below 0 is largest.
    #[test]
    fn every_bet_has_mean_at_most_one() {
        let strengths = [1.0 / 64.0, 0.25, 2.0];
        for law in [
            Law::Bernoulli { threshold: 1 << 30 },
            Law::Bernoulli {
                threshold: 0xF000_0001,
            },
            Law::Bits { layers: 3 },
        ] {
            for (step, strength) in (0..STEPS).flat_map(|s| strengths.map(|a| (s, a))) {
                let Some(bet) = bet(law, step, strength) else {
                    continue;
                };
                let mean = match law {
                    Law::Bernoulli { threshold } => {
                        let share = f64::from(threshold) / 4_294_967_296.0;
                        share * factor(law, &bet, 0) + (1.0 - share) * factor(law, &bet, u32::MAX)
                    }
                    _ => (0..8).map(|bits| factor(law, &bet, bits)).sum::<f64>() / 8.0,
                };
                assert!(
                    (mean - 1.0).abs() < 1e-9,
                    "{law:?} {step} {strength}: {mean}"
                );
            }
        }
        let law = Law::Exponential;
        for step in [40, 72, 73, 110, 145] {
            for strength in [1.0 / 64.0, 2.0] {
                let bet = bet(law, step, strength).unwrap();
                // In chunks, so that the sum keeps its digits.
                let chunk = |from: u32| -> f64 {
                    let words = from..from + (1 << 12);
                    words.map(|word| factor(law, &bet, word << 8)).sum()
                };
                let sum: f64 = (0..1 << 12).map(|at| chunk(at << 12)).sum();
                let mean = sum / f64::from(1 << 24);
                assert!(mean <= 1.0 + 1e-12, "{step} {strength}: {mean}");
            }
        }
    }

    #[test]
    fn nothing_visited_is_one_and_each_half_has_half_the_stake() {
        let mut process = FirstVisitsEProcess::new(Law::Exponential, &[1]).unwrap();
        process.observe(&VisitSums::new(1)).unwrap();
        assert_eq!(process.log10_e(), Log10E::ONE);
        let at = usize::from(step(0.5).unwrap());
        let mut sums = VisitSums::new(1);
        sums.cells = 1000;
        sums.parts[0].counts[FOLLOW][at] = 1000;
        sums.parts[0].scores[FOLLOW][at] = 1500 << 24;
        process.observe(&sums).unwrap();
        let Halves { follow, lean } = process.halves();
        assert!(
            follow.value().abs() < 1e-9,
            "no cell has such a weight: {follow:?}"
        );
        // By hand: the mean over a of Π e^(θs)/(1 + d).
        let terms = (0..8).map(|a| {
            let d = 0.5 * 2.0_f64.powi(a - 6);
            (1500.0 * d / (1.0 + d) - 1000.0 * d.ln_1p()).exp() / 8.0
        });
        let expected = terms.sum::<f64>().log10();
        assert!((lean.value() - expected).abs() < 1e-9);
        let mixture = (0.5 + 0.5 * 10_f64.powf(expected)).log10();
        assert!((process.log10_e().value() - mixture).abs() < 1e-9);
        assert!(process.log10_e().value() <= mixture);
    }
}
