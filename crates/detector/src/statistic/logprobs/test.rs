//! T9: the evidence under one key.

use super::mass_weights::{Evidence, UNIT, Weighed};
use super::tilting;
use crate::error::LogprobTestError;
use crate::finding::LogprobFinding;
use crate::interval::{Interval, Sides};
use crate::statistic::betting::{Capitals, Residual};
use crate::tail::{DoubleWord, Log10P, TailError, log10_p_up, weighted_upper};
use hallmark_core::cells::CellBatch;
use hallmark_core::law::Law;
use hallmark_core::mark::Reading;
use hallmark_core::score::MAX_DEFICIT;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};

/// A bounded score: between 0 and `most`, with mean `over/under`.
#[derive(Clone, Copy, Debug)]
struct Bounded {
    most: i64,
    over: i64,
    under: i64,
}

/// What one stretch of windows adds up to.
struct Sums {
    /// Σ weight·score, negative weights' scores rounded up.
    weighted: i128,
    /// Σ mass·score and Σ mass.
    scored_mass: u128,
    mass: u128,
    capitals: Option<Capitals>,
}

/// Windows that are worked through together; fixed, so that floating-point products come out the same for any number of threads.
const STRETCH: usize = 256;

impl Evidence {
    /// T9 under `mark`.
    ///
    /// # Errors
    /// A token that the mark cannot address, or more cells than the tails allow.
    pub fn examine(&self, mark: &dyn Reading) -> Result<LogprobFinding, LogprobTestError> {
        let (law, most) = (mark.law(), mark.max_token());
        let ids = self.cells.iter().map(|cell| cell.token);
        if let Some(token) = ids
            .chain(self.windows.iter().copied())
            .find(|&token| token > most)
        {
            return Err(LogprobTestError::Token { token, most });
        }
        let bounded = Bounded::of(law);
        let capitals = bounded.map(|bounded| Capitals::new(self.lowest(bounded)));
        let stretches: Vec<usize> = (0..self.windows()).step_by(STRETCH).collect();
        let parts: Vec<Sums> = stretches
            .into_par_iter()
            .map(|start| self.stretch(start, mark, bounded, capitals.clone()))
            .collect();
        let mut sums = Sums {
            weighted: 0,
            scored_mass: 0,
            mass: 0,
            capitals,
        };
        for part in &parts {
            sums.add(part);
        }
        Ok(self.finding(law, bounded, &sums)?)
    }

    fn finding(
        &self,
        law: Law,
        bounded: Option<Bounded>,
        sums: &Sums,
    ) -> Result<LogprobFinding, TailError> {
        let groups = self.groups();
        let tail = weighted_upper(law, &groups, sums.weighted)?;
        let weights: i128 = groups
            .iter()
            .map(|group| i128::from(group.weight) * i128::from(group.cells))
            .sum();
        let scale = UNIT as f64 * law.unit() as f64;
        let mass = sums.mass.max(1) as f64;
        let (hoeffding, half_width) = match bounded {
            Some(bounded) => (
                Some(self.hoeffding(bounded, weights, sums.weighted)),
                Some(self.mass_half_width(bounded) / mass),
            ),
            None => (None, None),
        };
        let value = sums.scored_mass as f64 / law.unit() as f64 / mass;
        Ok(LogprobFinding {
            windows: self.windows() as u64,
            cells: self.cells() as u64,
            statistic: sums.weighted as f64 / scale,
            expected: weights as f64 / UNIT as f64 * law.null_mean(),
            log10_p: tail.log10_p,
            method: tail.method,
            log10_e: match &sums.capitals {
                Some(capitals) => capitals.log10_e(),
                None => tilting::log10_e(&groups, sums.weighted),
            },
            log10_p_hoeffding: hoeffding,
            mass: if sums.mass == 0 {
                law.null_mean()
            } else {
                value
            },
            mass_null: law.null_mean(),
            mass_interval: half_width.filter(|_| sums.mass > 0).map(|half| Interval {
                low: (value - half).next_down().max(0.0),
                high: (value + half).next_up().min(law.trials() as f64),
                alpha: INTERVAL_ALPHA,
                sides: Sides::Two,
            }),
            mass_smallest_visible: None,
            residual: self.is_residual,
        })
    }

    fn stretch(
        &self,
        start: usize,
        mark: &dyn Reading,
        bounded: Option<Bounded>,
        capitals: Option<Capitals>,
    ) -> Sums {
        let law = mark.law();
        let mut sums = Sums {
            weighted: 0,
            scored_mass: 0,
            mass: 0,
            capitals,
        };
        let mut batch = CellBatch::new(self.window, 64);
        let (mut tokens, mut words) = (vec![], vec![]);
        for at in start..(start + STRETCH).min(self.windows()) {
            let (window, cells) = self.at(at);
            tokens.clear();
            tokens.extend(cells.iter().map(|cell| cell.token));
            batch.fill(window, &tokens);
            words.resize(cells.len(), 0);
            mark.words(&batch, &mut words);
            let mut own = 0;
            for (cell, &word) in cells.iter().zip(&words) {
                let score = law.score(word);
                own += contribution(law, cell.weight, score);
                sums.mass += u128::from(cell.mass);
                sums.scored_mass += u128::from(cell.mass) * u128::from(score);
            }
            sums.weighted += i128::from(own);
            if let (Some(capitals), Some(bounded)) = (&mut sums.capitals, bounded) {
                let weights = cells.iter().map(|cell| i64::from(cell.weight)).sum();
                capitals.bet(bounded.residual(own, weights));
            }
        }
        sums
    }

    /// How far below its mean a window's sum can be at most, over all windows, in weights of 1.
    fn lowest(&self, bounded: Bounded) -> f64 {
        let depth = |cells: &[Weighed]| -> i64 {
            let one = |cell: &Weighed| match i64::from(cell.weight) {
                weight @ 0.. => weight * bounded.over,
                weight => -weight * (bounded.most * bounded.under - bounded.over),
            };
            cells.iter().map(one).sum()
        };
        let deepest = self.iter().map(|(_, cells)| depth(cells)).max();
        deepest.unwrap_or(0) as f64 * bounded.per_unit()
    }

    /// P(X − μ ≥ d) ≤ exp(−2d²/Σ range²) over windows (Hoeffding 1963, Theorem 2), rounded up.
    fn hoeffding(&self, bounded: Bounded, weights: i128, sum: i128) -> Log10P {
        let excess = sum * i128::from(bounded.under) - weights * i128::from(bounded.over);
        if excess <= 0 {
            return Log10P::ONE;
        }
        let squares: f64 = self
            .iter()
            .map(|(_, cells)| {
                let range: i64 = cells.iter().map(|cell| i64::from(cell.weight).abs()).sum();
                ((range * bounded.most * bounded.under) as f64).powi(2)
            })
            .sum();
        // Two roundings a window in the sum, a few in the rest.
        let slack = 1.0 - (self.windows() as f64 + 64.0) * 4.0 * f64::EPSILON;
        let exponent = 2.0 * (excess as f64).powi(2) / squares * slack;
        log10_p_up(DoubleWord::from(-exponent))
    }

    /// The mass that would be seen with power 0.9 at level `alpha`; nothing where there is no evidence. The null's variance is taken for the
    /// alternative's too.
    pub(super) fn smallest_visible(&self, law: Law, alpha: f64) -> Option<f64> {
        let masses = || self.cells.iter().map(|cell| cell.mass as f64);
        let (sum, squares): (f64, f64) = (masses().sum(), masses().map(|mass| mass * mass).sum());
        let variance = match law {
            Law::Exponential => 1.0,
            Law::Bernoulli { .. } => law.null_mean() * (1.0 - law.null_mean()),
            Law::Bits { layers } => f64::from(layers) / 4.0,
        };
        let upper = |tail: f64| -Normal::standard().inverse_cdf(tail);
        let deviation = (variance * squares).sqrt() / sum;
        let visible = law.null_mean() + (upper(alpha) + upper(0.1)) * deviation;
        (sum > 0.0).then_some(visible)
    }

    /// √(ln(2/α)·Σ range²/2) over windows, in units of a mass.
    fn mass_half_width(&self, bounded: Bounded) -> f64 {
        let squares: f64 = self
            .iter()
            .map(|(_, cells)| {
                let range: u64 = cells.iter().map(|cell| cell.mass).sum();
                (range as f64 * bounded.most as f64).powi(2)
            })
            .sum();
        let slack = 1.0 + (self.windows() as f64 + 64.0) * 4.0 * f64::EPSILON;
        (libm::log(2.0 / INTERVAL_ALPHA) * squares / 2.0).sqrt() * slack
    }
}

/// The chance that the interval misses.
const INTERVAL_ALPHA: f64 = 0.05;

/// weight·score, the score of a negative weight rounded up.
fn contribution(law: Law, weight: i32, score: u32) -> i64 {
    let up = match law {
        Law::Exponential if weight < 0 => MAX_DEFICIT,
        Law::Exponential | Law::Bernoulli { .. } | Law::Bits { .. } => 0,
    };
    i64::from(weight) * i64::from(score + up)
}

impl Bounded {
    fn of(law: Law) -> Option<Self> {
        match law {
            Law::Exponential => None,
            Law::Bernoulli { threshold } => Some(Self {
                most: 1,
                over: i64::from(threshold),
                under: 1 << 32,
            }),
            Law::Bits { layers } => Some(Self {
                most: i64::from(layers),
                over: i64::from(layers),
                under: 2,
            }),
        }
    }

    /// sum − weights·mean. Weights of a window are below 2¹⁸, so it is below 2⁵³ and exact as an `f64`.
    fn residual(self, sum: i64, weights: i64) -> Residual {
        Residual {
            whole: sum * self.under - weights * self.over,
            per_unit: self.per_unit(),
        }
    }

    fn per_unit(self) -> f64 {
        1.0 / (self.under as f64 * UNIT as f64)
    }
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.weighted += other.weighted;
        self.scored_mass += other.scored_mass;
        self.mass += other.mass;
        if let (Some(own), Some(more)) = (&mut self.capitals, &other.capitals) {
            own.merge(more);
        }
    }
}
