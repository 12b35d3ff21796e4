//! What distinct units gave: all that T1's p-value needs.

use super::law;
use super::related::{self, Effort};
use crate::scores::SeenUnits;
use crate::statistic::few_keys;
use crate::tail::{Log10P, TailError};
use hallmark_core::mark::Mark;

/// Sums of scores over distinct units.
#[derive(Clone, Debug)]
pub(crate) struct Gathered {
    pub(crate) cells: u64,
    /// One sum for each part.
    pub(crate) sums: Vec<u64>,
}

/// A p-value, and what it came from.
pub(crate) struct Judged {
    pub(crate) log10_p: Log10P,
    /// For text that no key of the function marked, where that is smaller.
    pub(crate) unmarked: Option<Log10P>,
    /// Other keys that the tested one was compared with.
    pub(crate) others: Option<u64>,
}

impl Gathered {
    /// Nothing yet.
    pub(crate) fn new(mark: &Mark) -> Self {
        Self {
            cells: 0,
            sums: vec![0; mark.parts().len()],
        }
    }

    /// Adds what `cells` new units gave; nothing where a sum is too large.
    pub(crate) fn add(&mut self, cells: usize, sums: &[u64]) -> Option<()> {
        for (sum, &more) in self.sums.iter_mut().zip(sums) {
            *sum = sum.checked_add(more)?;
        }
        self.cells += cells as u64;
        Some(())
    }

    /// The mean of the keys' sums by their weights, in the printed unit; one key's is its own.
    pub(crate) fn statistic(&self, mark: &Mark) -> f64 {
        let weights = || mark.parts().iter().map(|part| f64::from(part.weight));
        let sums = weights()
            .zip(&self.sums)
            .map(|(weight, &sum)| weight * sum as f64);
        let unit = mark.law().unit() as f64;
        sums.sum::<f64>() / unit / weights().sum::<f64>()
    }

    /// The p-value, without a comparison with other keys. `seen` are these units, where the law needs them.
    pub(crate) fn unmarked(&self, mark: &Mark, seen: &SeenUnits) -> Result<Log10P, TailError> {
        law::upper(mark, self.cells, &self.sums, seen)
    }

    /// The p-value: where keys are related and text looks marked, the larger of two; where keys are few, with the
    /// chance that another is the same in effect.
    pub(crate) fn found(
        &self,
        mark: &Mark,
        seen: &SeenUnits,
        effort: Effort,
    ) -> Result<Judged, TailError> {
        let unmarked = self.unmarked(mark, seen)?;
        match (mark.null().related(), seen.all()) {
            (Some(keys), Some(units)) if unmarked.value() <= related::LARGEST.log10() => {
                let (among, others) = related::p_value(keys, units, unmarked, effort);
                Ok(Judged {
                    log10_p: among.max(unmarked),
                    unmarked: Some(unmarked),
                    others: Some(others),
                })
            }
            _ => Ok(Judged::of_law(mark, unmarked)),
        }
    }
}

impl Judged {
    /// Where keys are few, with the chance that another key is the same in effect.
    pub(crate) fn of_law(mark: &Mark, unmarked: Log10P) -> Self {
        let (log10_p, unmarked) = few_keys::limited(mark, unmarked);
        Self {
            log10_p,
            unmarked,
            others: None,
        }
    }
}
