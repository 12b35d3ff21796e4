//! T5, the line-up: the same statistic under many decoy keys, drawn as the true key was.

use crate::cells::DistinctCells;
use crate::error::ExaminationError;
use crate::finding::{Finding, Found, T5};
use crate::multiplicity::line_up;
use crate::scores::{MOST_WEIGHT, Tally, decoys};
use crate::seen::Seen;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use rayon::prelude::*;

/// Every tested key's decoys, one key's after another's, and the sum of scores under each.
#[derive(Default)]
pub struct LineUp {
    decoys: Vec<(Mark, u64)>,
    /// Decoys of each key.
    each: usize,
}

/// The finding of T5 under the key number `index`: the rank of its sum of scores among the decoys'.
pub(crate) fn finding(
    decoys: &LineUp,
    index: usize,
    seen: &Seen<'_>,
    key: &Tally,
) -> Option<Finding> {
    if decoys.is_empty() {
        return None;
    }
    let (own, sums) = (key.weighted_sum(), decoys.sums(index));
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

/// Decoys of all keys at most.
const MOST: u64 = 1_000_000;

/// Cells in a batch: its columns and words fit the first-level cache.
const BATCH: usize = 1024;

/// Batches that every decoy reads before the next ones are made: they fit the second-level cache.
const TILE: usize = 64;

impl LineUp {
    /// A line-up for each of `keys`, of so many decoys each.
    ///
    /// # Errors
    /// When a key does not fit the profile, or there are more than [`MOST`] decoys in all.
    pub(crate) fn new(
        profile: &Profile,
        keys: &[Key],
        each: u32,
        draw: u64,
    ) -> Result<Self, ExaminationError> {
        let all = keys.len() as u64 * u64::from(each);
        if all > MOST {
            return Err(ExaminationError::Decoys {
                keys: keys.len(),
                each,
            });
        }
        let mut decoys = vec![];
        for key in keys {
            let drawn = decoys::draw(profile, key, each, draw)?;
            decoys.extend(drawn.into_iter().map(|mark| (mark, 0)));
        }
        Ok(Self {
            decoys,
            each: each as usize,
        })
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

    /// Those of every key; nothing where there are no decoys.
    pub(crate) fn all_sums(&self) -> Vec<Vec<u64>> {
        let keys = self.decoys.len().checked_div(self.each).unwrap_or(0);
        (0..keys).map(|index| self.sums(index)).collect()
    }

    /// The sum of scores of each decoy of the key number `index`, in the law's integer unit.
    fn sums(&self, index: usize) -> Vec<u64> {
        let own = &self.decoys[index * self.each..(index + 1) * self.each];
        own.iter().map(|&(_, sum)| sum).collect()
    }

    /// Whether there are no decoys.
    fn is_empty(&self) -> bool {
        self.decoys.is_empty()
    }
}
