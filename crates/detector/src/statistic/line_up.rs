//! T5, the line-up: the same statistic under many decoy keys, drawn as the true key was.

use crate::cells::DistinctCells;
use crate::error::ExaminationError;
use crate::finding::{Finding, Found, T5};
use crate::multiplicity::line_up;
use crate::scores::{MOST_WEIGHT, Tally};
use crate::seen::Seen;
use hallmark_core::mark::Mark;
use rayon::prelude::*;

/// Decoy keys and the sum of scores under each.
#[derive(Default)]
pub struct LineUp {
    decoys: Vec<(Mark, u64)>,
}

/// The finding of T5 under one key: the rank of its sum of scores among the decoys'.
pub(crate) fn finding(decoys: &LineUp, seen: &Seen<'_>, key: &Tally) -> Option<Finding> {
    if decoys.is_empty() {
        return None;
    }
    let (own, sums) = (key.weighted_sum(), decoys.sums());
    let rank = 1 + sums.iter().filter(|&&decoy| decoy >= own).count();
    let best = sums.iter().max().copied().unwrap_or(0);
    let parts: u32 = key.mark.part_weights(MOST_WEIGHT).iter().sum();
    let unit = key.mark.law().unit() as f64 * f64::from(parts);
    let found = Found::T5(T5 {
        rank: rank as u64,
        decoys: sums.len() as u64,
        best_decoy: best as f64 / unit,
    });
    Some(seen.finding(found, key, line_up(&own, &sums)))
}

/// Cells in a batch: its columns and words fit the first-level cache.
const BATCH: usize = 1024;

/// Batches that every decoy reads before the next ones are made: they fit the second-level cache.
const TILE: usize = 64;

impl LineUp {
    /// A line-up of these marks, all of one profile.
    #[must_use]
    pub fn new(decoys: impl IntoIterator<Item = Mark>) -> Self {
        Self {
            decoys: decoys.into_iter().map(|mark| (mark, 0)).collect(),
        }
    }

    /// Adds cells to every decoy's sum. The result is the same for any number of threads.
    pub(crate) fn observe(&mut self, cells: &DistinctCells) -> Result<(), ExaminationError> {
        if self.decoys.is_empty() {
            return Ok(());
        }
        let mut tile = vec![cells.batch(BATCH); TILE];
        for stretches in cells.stretches(BATCH, BATCH).chunks(TILE) {
            let tile = &mut tile[..stretches.len()];
            for (batch, &stretch) in tile.iter_mut().zip(stretches) {
                cells.fill(batch, stretch);
            }
            let tile = &*tile;
            self.decoys.par_iter_mut().try_for_each_init(
                || [0; BATCH],
                |words, (mark, sum)| {
                    let law = mark.law();
                    let weights = mark.part_weights(MOST_WEIGHT);
                    for batch in tile {
                        let words = &mut words[..batch.len()];
                        for (part, &weight) in mark.parts().iter().zip(&weights) {
                            part.reading.words(batch, words);
                            let more = law.sum(words).checked_mul(weight.into());
                            let total = more.and_then(|more| sum.checked_add(more));
                            *sum = total.ok_or(ExaminationError::Sum)?;
                        }
                    }
                    Ok::<(), ExaminationError>(())
                },
            )?;
        }
        Ok(())
    }

    /// The sum of scores of each decoy, in the law's integer unit.
    #[must_use]
    pub fn sums(&self) -> Vec<u64> {
        self.decoys.iter().map(|&(_, sum)| sum).collect()
    }

    /// Number of decoys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.decoys.len()
    }

    /// Whether there are no decoys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.decoys.is_empty()
    }
}
