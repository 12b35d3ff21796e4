//! De-duplication by what another engine's function consumes, where that is less than a cell.

use super::{BATCH, DistinctCells, FreshCells};
use crate::dedup::{Dedup, DedupError, Units};
use hallmark_core::mark::Unit;
use rayon::prelude::*;

impl FreshCells {
    /// Keeps the first cell of each unit, here and in everything that `dedup` saw before, which must be a
    /// set for windows of one id. Returns the cells in the order of their units, and the units.
    ///
    /// # Errors
    /// As the de-duplication's.
    pub(crate) fn distinct_by(
        self,
        unit: &Unit,
        dedup: &mut dyn Dedup,
    ) -> Result<(DistinctCells, Vec<u64>), DedupError> {
        let halves: Vec<u32> = self
            .at
            .par_chunks(BATCH)
            .flat_map_iter(|at| {
                at.iter().flat_map(|&at| {
                    let at = at as usize;
                    let unit = unit(&self.ids[at - self.window..at], self.ids[at]);
                    [(unit >> 32) as u32, unit as u32]
                })
            })
            .collect();
        let ends: Vec<u32> = (1..halves.len() as u32).step_by(2).collect();
        let units = Units {
            ids: &halves,
            at: &ends,
            window: 1,
        };
        let mut kept = Vec::with_capacity(ends.len());
        dedup.keep_first(units, &mut kept)?;
        let unit_of = |end: u32| {
            let end = end as usize;
            u64::from(halves[end - 1]) << 32 | u64::from(halves[end])
        };
        kept.par_sort_unstable_by_key(|&end| unit_of(end));
        let units = kept.iter().map(|&end| unit_of(end)).collect();
        let at = kept.iter().map(|&end| self.at[end as usize / 2]).collect();
        let cells = DistinctCells {
            window: self.window,
            ids: self.ids,
            at,
        };
        Ok((cells, units))
    }
}

impl DistinctCells {
    /// In the order of the text.
    pub(crate) fn in_order(mut self) -> Self {
        self.at.sort_unstable();
        self
    }
}
