//! A corpus' distinct cells, found once for every mark that counts them alike.

use crate::cells::{DistinctCells, FreshCells, Order, RawCells};
use crate::dedup::{Dedup, DedupKind};
use crate::error::ExaminationError;
use crate::finding::Counts;
use crate::scores::SeenUnits;
use hallmark_core::mark::{Mark, Unit};

/// What was seen of a corpus, for marks of one length of windows and one kind of unit.
pub(crate) struct Pool {
    window: usize,
    unit: Option<Unit>,
    order: Order,
    dedup: Box<dyn Dedup>,
    counts: Counts,
    seen: SeenUnits,
}

impl Pool {
    /// Nothing seen yet, for `mark` and others that [count like it](Mark::counts_like).
    pub(crate) fn new(mark: &Mark, dedup: DedupKind) -> Self {
        // A unit is two ids of 32 bits.
        let ids = if mark.unit().is_some() {
            1
        } else {
            mark.window()
        };
        Self {
            window: mark.window(),
            unit: mark.unit().cloned(),
            order: if mark.is_dear() {
                Order::Units
            } else {
                Order::Text
            },
            dedup: dedup.build(ids),
            counts: Counts::default(),
            seen: SeenUnits::for_law_of(mark),
        }
    }

    /// Cells that the suspect was not shown.
    ///
    /// # Panics
    /// When the windows of `raw` are longer.
    pub(crate) fn fresh(&mut self, raw: &RawCells) -> FreshCells {
        self.counts.answers += raw.answers().count() as u64;
        self.counts.tokens += raw.tokens() as u64;
        self.counts.exposure_unknown += raw.exposure_unknown();
        let fresh = raw.fresh_with(self.window);
        self.counts.exposed += fresh.exposed();
        self.counts.exposed_in_other_form += fresh.exposed_in_other_form();
        self.counts.fresh += fresh.len() as u64;
        fresh
    }

    /// The first of each unit. `counts` has them as scored.
    pub(crate) fn distinct(
        &mut self,
        fresh: FreshCells,
    ) -> Result<DistinctCells, ExaminationError> {
        let cells = match &self.unit {
            None => fresh.distinct(&mut *self.dedup)?,
            Some(unit) => {
                let (cells, units) = fresh.distinct_by(unit, self.order, &mut *self.dedup)?;
                self.seen.add(&units);
                cells
            }
        };
        self.scored(cells.len());
        Ok(cells)
    }

    /// The units' set, for whoever finds distinct cells in another way.
    pub(crate) fn dedup(&mut self) -> &mut dyn Dedup {
        &mut *self.dedup
    }

    /// Adds cells that were found in another way, and their units, where they have units.
    pub(crate) fn add(&mut self, cells: usize, units: &[u64]) {
        self.seen.add(units);
        self.scored(cells);
    }

    /// What was read and left out so far.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The units, where a law needs them.
    pub(crate) fn seen(&self) -> &SeenUnits {
        &self.seen
    }

    fn scored(&mut self, cells: usize) {
        self.counts.scored += cells as u64;
        self.counts.expected_drops = self.dedup.expected_drops();
    }
}
