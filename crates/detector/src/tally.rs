//! The running result of one key: sums in integers, and the e-process.

use crate::cells::DistinctCells;
use crate::eprocess::{EProcessError, GreenEProcess, GumbelEProcess, GumbelSums};
use crate::examination::ExaminationError;
use hallmark_core::law::Law;
use hallmark_core::mark::Mark;
use hallmark_core::score;
use rayon::prelude::*;
use std::sync::Arc;

/// One key under test.
pub(crate) struct Tally {
    pub(crate) key_id: String,
    pub(crate) mark: Arc<dyn Mark>,
    pub(crate) sum: u64,
    pub(crate) eprocess: EProcess,
    cells: u64,
    next_look: u64,
    pending: Look,
}

/// The e-process that fits the law of the scores.
pub(crate) enum EProcess {
    Green(GreenEProcess),
    Gumbel(GumbelEProcess),
    /// Not asked for, or not defined: for tournament bits.
    None,
}

/// Cells evaluated at a time; looks fall on multiples of it.
const BATCH: usize = 256;

/// The e-process is looked at after every 256 cells, and later each time their number has grown by
/// 1/256: fixed beforehand, so no look depends on the key.
fn next_look(cells: u64) -> u64 {
    cells + (cells / 256).max(BATCH as u64)
}

impl Tally {
    pub(crate) fn new(
        key_id: String,
        mark: Arc<dyn Mark>,
        e_process: bool,
    ) -> Result<Self, EProcessError> {
        let eprocess = match mark.law() {
            _ if !e_process => EProcess::None,
            Law::Exponential => EProcess::Gumbel(GumbelEProcess::new()),
            Law::Bernoulli { threshold } => EProcess::Green(GreenEProcess::new(threshold)?),
            Law::Bits { .. } => EProcess::None,
        };
        Ok(Self {
            key_id,
            mark,
            sum: 0,
            eprocess,
            cells: 0,
            next_look: next_look(0),
            pending: Look::default(),
        })
    }

    /// Adds cells in their order. The result is the same for any number of threads and any cut
    /// into calls.
    pub(crate) fn observe(&mut self, cells: &DistinctCells) -> Result<(), ExaminationError> {
        let (mark, law) = (&self.mark, self.mark.law());
        let e_process = matches!(self.eprocess, EProcess::Gumbel(_));
        let first = BATCH - self.cells as usize % BATCH;
        let looks: Vec<Look> = cells
            .stretches(first, BATCH)
            .into_par_iter()
            .map_init(
                || (cells.batch(BATCH), [0; BATCH]),
                |(batch, words), stretch| {
                    cells.fill(batch, stretch);
                    let words = &mut words[..batch.len()];
                    mark.words(batch, words);
                    let log_reciprocal = match law {
                        Law::Exponential if e_process => score::sum_log_reciprocal(words),
                        Law::Exponential | Law::Bernoulli { .. } | Law::Bits { .. } => 0,
                    };
                    Look {
                        cells: batch.len() as u64,
                        score: law.sum(words),
                        log_reciprocal,
                    }
                },
            )
            .collect();
        for look in looks {
            self.sum = self
                .sum
                .checked_add(look.score)
                .ok_or(ExaminationError::Sum)?;
            self.pending.cells += look.cells;
            self.pending.score += look.score;
            self.pending.log_reciprocal += look.log_reciprocal;
            self.cells += look.cells;
            if self.cells >= self.next_look && self.cells.is_multiple_of(BATCH as u64) {
                self.look()?;
            }
        }
        Ok(())
    }

    /// Looks at the e-process with what came since the last look.
    pub(crate) fn look(&mut self) -> Result<(), EProcessError> {
        let Look {
            cells,
            score,
            log_reciprocal,
        } = std::mem::take(&mut self.pending);
        self.next_look = next_look(self.cells);
        match &mut self.eprocess {
            EProcess::Green(process) => process.observe(score, cells).map(drop),
            EProcess::Gumbel(process) => process
                .observe(GumbelSums {
                    cells,
                    score,
                    log_reciprocal,
                })
                .map(drop),
            EProcess::None => Ok(()),
        }
    }
}

#[derive(Default)]
struct Look {
    cells: u64,
    score: u64,
    log_reciprocal: u64,
}
