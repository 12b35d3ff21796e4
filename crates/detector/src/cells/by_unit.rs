//! De-duplication by what another engine's function consumes, where that is less than a cell.

use super::distinct::{BATCH, DistinctCells};
use super::fresh::FreshCells;
use crate::dedup::{Dedup, DedupError, Exact, Units};
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

    /// Every cell with its unit; without a `unit`, cells are units. With `once`, one cell of each unit is picked for scoring,
    /// at the cost of a sort; else all are.
    pub(crate) fn by_unit(self, unit: Option<&Unit>, once: bool) -> ByUnit {
        let units = unit.map(|unit| self.units_by(unit));
        let at = self.at.clone();
        let units = match units {
            Some(units) if once => units,
            units => {
                return ByUnit {
                    slots: None,
                    units,
                    cells: DistinctCells {
                        window: self.window,
                        ids: self.ids,
                        at: self.at,
                    },
                    at,
                };
            }
        };
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
            at,
            cells: self.pick(&first),
            units: Some(units),
            slots: Some(slots),
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
    /// The unit of every cell; none where cells are units.
    units: Option<Vec<u64>>,
    /// For every cell, the place among `cells` of one with its unit; none where that is its own.
    slots: Option<Vec<u32>>,
}

impl ByUnit {
    /// The place among the scored cells of one with this cell's unit.
    pub(crate) fn slot(&self, cell: u32) -> usize {
        let own = self.slots.as_ref();
        own.map_or(cell, |slots| slots[cell as usize]) as usize
    }

    /// The units of some cells; nothing where cells are units.
    pub(crate) fn units(&self, cells: &[u32]) -> Vec<u64> {
        let units = self.units.iter();
        units
            .flat_map(|units| cells.iter().map(|&cell| units[cell as usize]))
            .collect()
    }

    /// The first cell of each unit that `dedup` did not see before: a set for windows of one id, or of the profile's
    /// where cells are units.
    ///
    /// # Errors
    /// As the de-duplication's.
    pub(crate) fn keep_first(&self, dedup: &mut dyn Dedup) -> Result<Vec<u32>, DedupError> {
        match &self.units {
            Some(units) => keep_first(units, dedup),
            None => self.keep_first_cells(0..self.at.len() as u32, dedup),
        }
    }

    /// The first cell of each unit among these, in the order of the text.
    ///
    /// # Errors
    /// As the de-duplication's.
    pub(crate) fn first_of(&self, cells: Range<u32>) -> Result<Vec<u32>, DedupError> {
        let Some(units) = &self.units else {
            return self.keep_first_cells(cells, &mut Exact::new(self.cells.window));
        };
        let mut first: Vec<(u64, u32)> = cells.map(|cell| (units[cell as usize], cell)).collect();
        first.sort_unstable();
        first.dedup_by_key(|(unit, _)| *unit);
        let mut first: Vec<u32> = first.into_iter().map(|(_, cell)| cell).collect();
        first.sort_unstable();
        Ok(first)
    }

    fn keep_first_cells(
        &self,
        cells: Range<u32>,
        dedup: &mut dyn Dedup,
    ) -> Result<Vec<u32>, DedupError> {
        let at = &self.at[cells.start as usize..cells.end as usize];
        let mut kept = Vec::with_capacity(at.len());
        let units = Units {
            ids: &self.cells.ids,
            at,
            window: self.cells.window,
        };
        dedup.keep_first(units, &mut kept)?;
        // Both are in the order of the text.
        let mut places = cells.zip(at);
        let place = |kept: &u32| places.find(|(_, at)| *at == kept).map(|(cell, _)| cell);
        Ok(kept.iter().filter_map(place).collect())
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
