//! The running result of one key: integer sums for each level of weight, and the e-process.

use super::looks::{BATCH, Looks};
use crate::eprocess::{EProcess, EProcessError, LevelSums, Sums};
use crate::error::ExaminationError;
use crate::weights::LEVELS;
use hallmark_core::keys::PublicId;
use hallmark_core::mark::Reading;
use hallmark_core::score;
use rayon::prelude::*;
use std::sync::Arc;

/// One key under test.
pub(crate) struct Tally {
    pub(crate) key: PublicId,
    pub(crate) mark: Arc<dyn Reading>,
    pub(crate) eprocess: EProcess,
    /// Cells and sums by level; all of level 0 without weights.
    levels: [LevelSums; LEVELS],
    next_look: u64,
    pending: Sums,
}

/// The e-process is looked at after every 256 cells, and later each time their number has grown by
/// 1/256: fixed beforehand, so no look depends on the key.
fn next_look(cells: u64) -> u64 {
    cells + (cells / 256).max(BATCH as u64)
}

impl Tally {
    pub(crate) fn new(key: PublicId, mark: Arc<dyn Reading>, eprocess: EProcess) -> Self {
        Self {
            key,
            mark,
            eprocess,
            levels: [LevelSums::default(); LEVELS],
            next_look: next_look(0),
            pending: Sums::default(),
        }
    }

    /// Cells and the sums of their scores, by level.
    pub(crate) fn levels(&self) -> &[LevelSums; LEVELS] {
        &self.levels
    }

    /// The sum of all scores.
    pub(crate) fn sum(&self) -> u64 {
        self.levels.iter().map(|level| level.score).sum()
    }

    /// Adds cells in their order. The result is the same for any number of threads and any cut
    /// into calls.
    pub(crate) fn observe(&mut self, looks: &Looks<'_>) -> Result<(), ExaminationError> {
        let (mark, law) = (&self.mark, self.mark.law());
        let log_reciprocal = self.eprocess.needs_log_reciprocal();
        let sums: Vec<Sums> = looks
            .batches()
            .into_par_iter()
            .map_init(
                || (looks.batch(), [0; BATCH]),
                |(batch, words), look| {
                    looks.fill(batch, look);
                    let words = &mut words[..batch.len()];
                    mark.words(batch, words);
                    let mut sums = Sums::default();
                    for (level, range) in look.levels(words.len()) {
                        sums.levels[level] = LevelSums {
                            cells: range.len() as u64,
                            score: law.sum(&words[range]),
                        };
                    }
                    if log_reciprocal {
                        sums.log_reciprocal = score::sum_log_reciprocal(words);
                    }
                    sums
                },
            )
            .collect();
        sums.iter().try_for_each(|sums| self.add(sums))
    }

    /// Looks at the e-process with what came since the last look.
    pub(crate) fn look(&mut self) -> Result<(), EProcessError> {
        let pending = std::mem::take(&mut self.pending);
        self.next_look = next_look(self.cells());
        self.eprocess.look(&pending)
    }

    fn add(&mut self, sums: &Sums) -> Result<(), ExaminationError> {
        let total = sums
            .levels
            .iter()
            .try_fold(self.sum(), |sum, level| sum.checked_add(level.score));
        total.ok_or(ExaminationError::Sum)?;
        add(&mut self.levels, &sums.levels);
        add(&mut self.pending.levels, &sums.levels);
        self.pending.log_reciprocal += sums.log_reciprocal;
        let cells = self.cells();
        if cells >= self.next_look && cells.is_multiple_of(BATCH as u64) {
            self.look()?;
        }
        Ok(())
    }

    fn cells(&self) -> u64 {
        self.levels.iter().map(|level| level.cells).sum()
    }
}

fn add(to: &mut [LevelSums; LEVELS], more: &[LevelSums; LEVELS]) {
    for (to, more) in to.iter_mut().zip(more) {
        to.cells += more.cells;
        to.score += more.score;
    }
}
