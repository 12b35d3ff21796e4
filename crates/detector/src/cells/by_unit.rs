//! De-duplication by what another engine's function consumes, where that is less than a cell.

use super::distinct::{BATCH, DistinctCells};
use super::fresh::FreshCells;
use crate::dedup::{Dedup, DedupError, Units};
use hallmark_core::mark::Unit;
use rayon::prelude::*;
use std::ops::Range;

impl FreshCells {
    /// Keeps the first cell of each unit, here and in everything that `dedup` saw before, which must be a
    /// set for windows of one id. Returns the cells, in the order of the text or of their units, and the units.
    ///
    /// # Errors
    /// As the de-duplication's.
    pub(crate) fn distinct_by(
        self,
        unit: &Unit,
        order: Order,
        dedup: &mut dyn Dedup,
    ) -> Result<(DistinctCells, Vec<u64>), DedupError> {
        let units = self.units_by(unit);
        let mut kept = keep_first(&units, dedup)?;
        if order == Order::Units {
            kept.par_sort_unstable_by_key(|&cell| units[cell as usize]);
        }
        let cells = self.pick(&kept);
        let units = kept.iter().map(|&cell| units[cell as usize]).collect();
        Ok((cells, units))
    }

    /// Every cell with its unit. With `once`, one cell of each unit is picked for scoring, at the cost of a sort; else
    /// all are.
    pub(crate) fn by_unit(self, unit: &Unit, once: bool) -> ByUnit {
        if !once {
            let units = self.units_by(unit);
            return ByUnit {
                at: self.at.clone(),
                slots: (0..units.len() as u32).collect(),
                units,
                cells: DistinctCells {
                    window: self.window,
                    ids: self.ids,
                    at: self.at,
                },
            };
        }
        let units = self.units_by(unit);
        let mut order: Vec<(u64, u32)> = units.iter().copied().zip(0..).collect();
        order.par_sort_unstable();
        let mut slots = vec![0; units.len()];
        let mut first = Vec::with_capacity(units.len());
        for group in order.chunk_by(|a, b| a.0 == b.0) {
            for &(_, cell) in group {
                slots[cell as usize] = first.len() as u32;
            }
            first.push(group[0].1);
        }
        ByUnit {
            at: self.at.clone(),
            cells: self.pick(&first),
            units,
            slots,
        }
    }

    /// The cells of each answer, for answers of these lengths in order.
    pub(crate) fn of_answers(&self, lengths: &[usize]) -> Vec<Range<u32>> {
        let (mut end, mut first) = (0, 0);
        lengths
            .iter()
            .map(|length| {
                end += length;
                let next = self.at.partition_point(|&at| (at as usize) < end) as u32;
                std::mem::replace(&mut first, next)..next
            })
            .collect()
    }

    fn units_by(&self, unit: &Unit) -> Vec<u64> {
        self.at
            .par_chunks(BATCH)
            .flat_map_iter(|at| {
                at.iter().map(|&at| {
                    let at = at as usize;
                    unit.of(&self.ids[at - self.window..at], self.ids[at])
                })
            })
            .collect()
    }

    fn pick(self, cells: &[u32]) -> DistinctCells {
        DistinctCells {
            window: self.window,
            ids: self.ids,
            at: cells.iter().map(|&cell| self.at[cell as usize]).collect(),
        }
    }
}

/// In which order distinct cells come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// That of the text.
    Text,
    /// That of their units: cells of one list together, which is far cheaper.
    Units,
}

/// Cells by what the function consumes of them.
pub(crate) struct ByUnit {
    /// Those that are scored: the first cell of each unit, in the order of the units, or all.
    pub(crate) cells: DistinctCells,
    /// The place of every cell's token.
    pub(crate) at: Vec<u32>,
    /// The unit of every cell.
    pub(crate) units: Vec<u64>,
    /// For every cell, the place among `cells` of one with its unit.
    pub(crate) slots: Vec<u32>,
}

impl ByUnit {
    /// The first cell of each unit that `dedup`, a set for windows of one id, did not see before.
    ///
    /// # Errors
    /// As the de-duplication's.
    pub(crate) fn keep_first(&self, dedup: &mut dyn Dedup) -> Result<Vec<u32>, DedupError> {
        keep_first(&self.units, dedup)
    }
}

fn keep_first(units: &[u64], dedup: &mut dyn Dedup) -> Result<Vec<u32>, DedupError> {
    let halves: Vec<u32> = units
        .iter()
        .flat_map(|&unit| [(unit >> 32) as u32, unit as u32])
        .collect();
    let ends: Vec<u32> = (1..halves.len() as u32).step_by(2).collect();
    let units = Units {
        ids: &halves,
        at: &ends,
        window: 1,
    };
    let mut kept = Vec::with_capacity(ends.len());
    dedup.keep_first(units, &mut kept)?;
    kept.iter_mut().for_each(|end| *end /= 2);
    Ok(kept)
}
