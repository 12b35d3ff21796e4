//! The running result of one key: integer sums for each part and each level of weight, and the e-process.

use super::looks::LOOK;
use super::words::BatchWords;
use crate::eprocess::{EProcess, EProcessError, LevelSums, Sums};
use crate::error::ExaminationError;
use crate::weights::LEVELS;
use hallmark_core::mark::Mark;
use hallmark_core::score;
use rayon::prelude::*;
use std::ops::Range;

/// One key under test.
pub(crate) struct Tally {
    pub(crate) mark: Mark,
    pub(crate) eprocess: EProcess,
    looking: Looking,
    /// Cells and sums by part and level; all of level 0 without weights.
    levels: Vec<[LevelSums; LEVELS]>,
    next_look: u64,
    pending: Sums,
}

/// When the e-process is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looking {
    /// As cells come: after every 256 of them, and later each time their number has grown by 1/256. Fixed beforehand, so no
    /// look depends on the key.
    AsCellsCome,
    /// Once, at the end: where earlier cells say something of later ones' words.
    AtEnd,
}

fn next_look(cells: u64) -> u64 {
    cells + (cells / 256).max(LOOK)
}

impl Tally {
    pub(crate) fn new(mark: Mark, eprocess: EProcess, looking: Looking) -> Self {
        let parts = mark.parts().len();
        Self {
            mark,
            eprocess,
            looking,
            levels: vec![[LevelSums::default(); LEVELS]; parts],
            next_look: next_look(0),
            pending: Sums::new(parts),
        }
    }

    /// When the e-process is looked at.
    pub(crate) fn looking(&self) -> Looking {
        self.looking
    }

    /// Cells and the sums of their scores, by part and level.
    pub(crate) fn levels(&self) -> &[[LevelSums; LEVELS]] {
        &self.levels
    }

    /// The sum of all scores of each part.
    pub(crate) fn sums(&self) -> Vec<u64> {
        let sum = |levels: &[LevelSums; LEVELS]| levels.iter().map(|level| level.score).sum();
        self.levels.iter().map(sum).collect()
    }

    /// The sum of all parts' scores, each as often as its part weighs.
    pub(crate) fn weighted_sum(&self) -> u64 {
        let weights = self.mark.part_weights(MOST_WEIGHT);
        let sums = self.sums();
        let terms = weights.iter().zip(&sums);
        terms.map(|(&weight, sum)| u64::from(weight) * sum).sum()
    }

    /// Adds the cells of a tile in their order. The result is the same for any number of threads and any cut
    /// into calls.
    pub(crate) fn observe(
        &mut self,
        tile: &[BatchWords<'_>],
        rows: &Range<usize>,
    ) -> Result<(), ExaminationError> {
        let law = self.mark.law();
        let log_reciprocal = self.eprocess.needs_log_reciprocal();
        let sums: Vec<Sums> = tile
            .par_iter()
            .map(|batch| {
                let mut sums = Sums::new(rows.len());
                for (levels, row) in sums.parts.iter_mut().zip(rows.clone()) {
                    let words = batch.row(row);
                    for (level, range) in batch.levels() {
                        levels[level] = LevelSums {
                            cells: range.len() as u64,
                            score: law.sum(&words[range]),
                        };
                    }
                    if log_reciprocal {
                        sums.log_reciprocal += score::sum_log_reciprocal(words);
                    }
                }
                sums
            })
            .collect();
        sums.iter().try_for_each(|sums| self.add(sums))
    }

    /// Looks at the e-process with what came since the last look.
    pub(crate) fn look(&mut self) -> Result<(), EProcessError> {
        let parts = self.levels.len();
        let pending = std::mem::replace(&mut self.pending, Sums::new(parts));
        self.next_look = next_look(self.cells());
        self.eprocess.look(&pending)
    }

    fn add(&mut self, more: &Sums) -> Result<(), ExaminationError> {
        for (levels, more) in self.levels.iter_mut().zip(&more.parts) {
            let total = levels
                .iter()
                .chain(more)
                .try_fold(0_u64, |sum, level| sum.checked_add(level.score));
            total.ok_or(ExaminationError::Sum)?;
            add(levels, more);
        }
        self.pending.add(more);
        let cells = self.cells();
        if self.looking == Looking::AsCellsCome
            && cells >= self.next_look
            && cells.is_multiple_of(LOOK)
        {
            self.look()?;
        }
        Ok(())
    }

    fn cells(&self) -> u64 {
        self.levels[0].iter().map(|level| level.cells).sum()
    }
}

/// The largest weight of a part where whole sums are compared.
pub(crate) const MOST_WEIGHT: u32 = 1 << 12;

fn add(to: &mut [LevelSums; LEVELS], more: &[LevelSums; LEVELS]) {
    for (to, more) in to.iter_mut().zip(more) {
        to.cells += more.cells;
        to.score += more.score;
    }
}
