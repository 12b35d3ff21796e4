//! T2, the weighted sum, and what every sum over levels of weights shares.

use crate::error::ExaminationError;
use crate::finding::{Finding, Found, Level, T2};
use crate::multiplicity::times;
use crate::scores::{MOST_WEIGHT, Tally};
use crate::seen::{Seen, weighted};
use crate::tail::{Group, TailError, WeightedTail, weighted_upper, weighted_upper_of_lists};
use crate::weights::WindowWeights;
use hallmark_core::law::Law;
use hallmark_core::mark::{Mark, Null};
use hallmark_core::score::MAX_DEFICIT;

/// The finding of T2 under one key: S = Σ ω·score over all distinct fresh cells, by the form of weights that came to less, at twice its p where
/// there are two.
pub(crate) fn finding(
    seen: &Seen<'_>,
    key: &Tally,
    second: Option<(&WindowWeights, &Tally)>,
) -> Result<Option<Finding>, ExaminationError> {
    let Some(weights) = seen.weights else {
        return Ok(None);
    };
    let own = summed(weights, key)?;
    let other = match second {
        Some((weights, key)) => Some((weights, summed(weights, key)?)),
        None => None,
    };
    let forms = 1 + u64::from(other.is_some());
    let (prior, (sum, tail)) = match other {
        Some((weights, other)) if other.1.log10_p < own.1.log10_p => (weights.prior(), other),
        _ => (None, own),
    };
    let found = Found::T2(T2 {
        statistic: sum.statistic(),
        expected: sum.expected(),
        prior,
        weights: weights.source(key.mark.key()),
        weighting: weights.describe(),
        levels: sum.levels(),
        method: tail.method,
    });
    let log10_p = times(tail.log10_p, forms);
    Ok(Some(weighted(seen.finding(found, key, log10_p))))
}

/// The sum by some weights, and its tail.
fn summed(
    weights: &WindowWeights,
    key: &Tally,
) -> Result<(WeightedSum, WeightedTail), ExaminationError> {
    let parts = key.mark.part_weights(MOST_WEIGHT).into_iter();
    let rows = parts.zip(key.levels()).flat_map(|(part, levels)| {
        let rows = weights.of_levels().into_iter().zip(levels);
        rows.map(move |(weight, level)| Row {
            weight: i64::from(weight) * i64::from(part),
            cells: level.cells,
            score: level.score,
        })
    });
    let sum = WeightedSum::new(&key.mark, rows);
    let tail = sum.tail()?;
    Ok((sum, tail))
}

/// Cells that share a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Weight of each cell.
    pub(crate) weight: i64,
    /// How many cells.
    pub(crate) cells: u64,
    /// The sum of their scores, in the law's integer unit.
    pub(crate) score: u64,
}

/// A weighted sum of the scores of distinct cells.
pub(crate) struct WeightedSum {
    law: Law,
    /// Whether tokens of one list depend on each other.
    of_lists: bool,
    rows: Vec<Row>,
}

impl WeightedSum {
    /// Of these rows; those of one weight, which the keys of a ring have, are one.
    pub(crate) fn new(mark: &Mark, rows: impl Iterator<Item = Row>) -> Self {
        let mut merged: Vec<Row> = vec![];
        for row in rows.filter(|row| row.cells > 0) {
            match merged.iter_mut().find(|other| other.weight == row.weight) {
                Some(other) => {
                    other.cells += row.cells;
                    other.score += row.score;
                }
                None => merged.push(row),
            }
        }
        Self {
            law: mark.law(),
            of_lists: matches!(mark.null(), Null::Lists),
            rows: merged,
        }
    }

    /// The sum in the printed unit.
    pub(crate) fn statistic(&self) -> f64 {
        self.sum() as f64 / self.law.unit() as f64
    }

    /// Cells and mean score by weight.
    pub(crate) fn levels(&self) -> Vec<Level> {
        self.rows.iter().map(|row| self.level(row)).collect()
    }

    /// Its tail.
    pub(crate) fn tail(&self) -> Result<WeightedTail, TailError> {
        let groups: Vec<Group> = self
            .rows
            .iter()
            .filter(|row| row.weight != 0)
            .map(|&Row { weight, cells, .. }| Group { weight, cells })
            .collect();
        if self.of_lists {
            return weighted_upper_of_lists(self.law, &groups, self.sum());
        }
        weighted_upper(self.law, &groups, self.sum())
    }

    /// Σ weight·score, never above that of exact scores.
    ///
    /// Scores of the exponential law are rounded down, which would favour the accuser under a
    /// negative weight: there the most that rounding takes is added to each.
    fn sum(&self) -> i128 {
        let deficit = match self.law {
            Law::Exponential => i128::from(MAX_DEFICIT),
            Law::Bernoulli { .. } | Law::Bits { .. } => 0,
        };
        self.rows
            .iter()
            .map(|row| {
                let up = if row.weight < 0 {
                    deficit * i128::from(row.cells)
                } else {
                    0
                };
                i128::from(row.weight) * (i128::from(row.score) + up)
            })
            .sum()
    }

    /// What the null expects of it, in the printed unit.
    pub(crate) fn expected(&self) -> f64 {
        let cells = |row: &Row| row.weight as f64 * row.cells as f64;
        self.rows.iter().map(cells).sum::<f64>() * self.law.null_mean()
    }

    fn level(&self, row: &Row) -> Level {
        Level {
            weight: row.weight,
            cells: row.cells,
            mean_score: row.score as f64 / self.law.unit() as f64 / row.cells as f64,
        }
    }
}
