//! What distinct units gave: all that a p-value needs.

use super::related::{self, Effort};
use super::table::States;
use super::tail;
use crate::tail::{Log10P, TailError};
use hallmark_core::mark::{KeyedMark, Null};

/// Sums over distinct units, and the units where the law is one of them.
#[derive(Clone)]
pub(super) struct Gathered {
    pub(super) cells: u64,
    /// One sum for each part.
    pub(super) sums: Vec<u64>,
    states: Option<States>,
    units: Option<Vec<u64>>,
}

/// A p-value, and what it came from where keys are related.
pub(super) struct Found {
    pub(super) log10_p: Log10P,
    /// For text that no key of the function marked, and how many other keys there were.
    pub(super) among: Option<(Log10P, u64)>,
}

impl Gathered {
    pub(super) fn new(mark: &KeyedMark) -> Self {
        Self {
            cells: 0,
            sums: vec![0; mark.parts.len()],
            states: matches!(mark.null, Null::ShiftedTable).then(States::new),
            units: matches!(mark.null, Null::RelatedKeys(_)).then(Vec::new),
        }
    }

    /// Adds what `cells` new units gave; nothing where a sum is too large.
    pub(super) fn add(&mut self, cells: usize, sums: &[u64], units: &[u64]) -> Option<()> {
        for (sum, &more) in self.sums.iter_mut().zip(sums) {
            *sum = sum.checked_add(more)?;
        }
        if let Some(states) = &mut self.states {
            states.insert(units);
        }
        if let Some(all) = &mut self.units {
            all.extend(units);
        }
        self.cells += cells as u64;
        Some(())
    }

    /// The mean of the keys' sums by their weights, in the printed unit; one key's is its own.
    pub(super) fn statistic(&self, mark: &KeyedMark) -> f64 {
        let weights = || mark.parts.iter().map(|part| f64::from(part.weight));
        let sums = weights()
            .zip(&self.sums)
            .map(|(weight, &sum)| weight * sum as f64);
        let unit = mark.parts[0].reading.law().unit() as f64;
        sums.sum::<f64>() / unit / weights().sum::<f64>()
    }

    /// The p-value, without a comparison with other keys.
    pub(super) fn unmarked(&self, mark: &KeyedMark) -> Result<Log10P, TailError> {
        tail::upper(mark, self.cells, &self.sums, self.states.as_ref())
    }

    /// The p-value: where keys are related and text looks marked, the larger of two.
    pub(super) fn found(&self, mark: &KeyedMark, effort: Effort) -> Result<Found, TailError> {
        let unmarked = self.unmarked(mark)?;
        Ok(match (&mark.null, &self.units) {
            (Null::RelatedKeys(keys), Some(units))
                if unmarked.value() <= related::LARGEST.log10() =>
            {
                let (among, others) = related::p_value(keys, units, unmarked, effort);
                Found {
                    log10_p: among.max(unmarked),
                    among: Some((unmarked, others)),
                }
            }
            _ => Found {
                log10_p: unmarked,
                among: None,
            },
        })
    }
}
