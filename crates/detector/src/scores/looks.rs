//! A block of distinct cells cut into looks, and within each look sorted by level, for every key
//! alike.

use crate::cells::{DistinctCells, Stretch};
use crate::weights::{LEVELS, WindowWeights};
use hallmark_core::cells::CellBatch;
use rayon::prelude::*;
use std::ops::Range;

/// Looks fall on multiples of it.
pub(crate) const LOOK: u64 = 256;

/// Cells evaluated at a time where lists are dear: enough that most of one list's are together.
const OF_LISTS: usize = 1 << 14;

/// A block of distinct cells, ready to be scored under any number of keys.
///
/// Sums over a batch do not depend on the order of its cells. So the cells of each batch are sorted by
/// the level of their window, once, and each key's words are computed once for all tests.
pub(crate) struct Looks<'a> {
    cells: &'a DistinctCells,
    /// Positions, batch after batch; without weights those of the cells themselves.
    sorted: Option<Vec<u32>>,
    /// Where each level ends within its batch; empty without weights.
    ends: Vec<[u16; LEVELS]>,
    first: usize,
    size: usize,
}

/// One batch of cells.
#[derive(Clone, Copy)]
pub(crate) struct LookCells<'a> {
    stretch: Stretch<'a>,
    ends: Option<&'a [u16; LEVELS]>,
}

impl<'a> Looks<'a> {
    /// `before` cells were seen in earlier blocks. Where words are `dear`, batches are large and no look falls between
    /// them.
    pub(crate) fn new(
        cells: &'a DistinctCells,
        before: u64,
        weights: Option<&WindowWeights>,
        dear: bool,
    ) -> Self {
        let size = if dear { OF_LISTS } else { LOOK as usize };
        let first = size - before as usize % size;
        let mut looks = Self {
            cells,
            sorted: None,
            ends: vec![],
            first,
            size,
        };
        if let Some(weights) = weights {
            looks.sort(&cells.levels(weights));
        }
        looks
    }

    /// The batches in order.
    pub(crate) fn batches(&self) -> Vec<LookCells<'_>> {
        let at = self.sorted.as_deref().unwrap_or(self.cells.positions());
        let levels = self.ends.iter().map(Some).chain(std::iter::repeat(None));
        stretches(at, self.first, self.size)
            .zip(levels)
            .map(|(at, ends)| LookCells {
                stretch: Stretch::of(at),
                ends,
            })
            .collect()
    }

    /// Cells of a batch at most.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// An empty batch that any of these fits.
    pub(crate) fn batch(&self) -> CellBatch {
        self.cells.batch(self.size)
    }

    /// Fills a batch.
    pub(crate) fn fill(&self, batch: &mut CellBatch, look: LookCells<'_>) {
        self.cells.fill(batch, look.stretch);
    }

    fn sort(&mut self, levels: &[u8]) {
        let at = self.cells.positions();
        let mut sorted = vec![0; at.len()];
        let blocks: Vec<_> = stretches(at, self.first, self.size)
            .zip(stretches(levels, self.first, self.size))
            .zip(stretches_mut(&mut sorted, self.first, self.size))
            .collect();
        self.ends = blocks
            .into_par_iter()
            .map(|((at, levels), sorted)| counting_sort(at, levels, sorted))
            .collect();
        self.sorted = Some(sorted);
    }
}

impl LookCells<'_> {
    /// The range of each level's cells within the batch of `cells` cells; without weights, all of
    /// them are of level 0.
    pub(crate) fn levels(self, cells: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
        let ends = self.ends.copied().unwrap_or([cells as u16; LEVELS]);
        let mut start = 0;
        ends.into_iter()
            .enumerate()
            .map(move |(level, end)| {
                let range = start..end as usize;
                start = range.end;
                (level, range)
            })
            .filter(|(_, range)| !range.is_empty())
    }
}

/// Puts the positions of one batch in the order of their levels; returns where each level ends.
fn counting_sort(at: &[u32], levels: &[u8], sorted: &mut [u32]) -> [u16; LEVELS] {
    let mut ends = [0_u16; LEVELS];
    for &level in levels {
        ends[level as usize] += 1;
    }
    let mut next = [0_u16; LEVELS];
    let mut start = 0;
    for (next, end) in next.iter_mut().zip(&mut ends) {
        *next = start;
        start += *end;
        *end = start;
    }
    for (&at, &level) in at.iter().zip(levels) {
        let slot = &mut next[level as usize];
        sorted[*slot as usize] = at;
        *slot += 1;
    }
    ends
}

fn stretches<T>(items: &[T], first: usize, size: usize) -> impl Iterator<Item = &[T]> {
    let (head, rest) = items.split_at(first.min(items.len()));
    head.chunks(size).chain(rest.chunks(size))
}

fn stretches_mut<T>(items: &mut [T], first: usize, size: usize) -> impl Iterator<Item = &mut [T]> {
    let (head, rest) = items.split_at_mut(first.min(items.len()));
    head.chunks_mut(size).chain(rest.chunks_mut(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_sort_keeps_every_position_and_the_order_within_a_level() {
        let at: Vec<u32> = (100..110).collect();
        let levels = [3, 0, 15, 3, 0, 1, 15, 3, 0, 2];
        let mut sorted = [0; 10];
        let ends = counting_sort(&at, &levels, &mut sorted);
        assert_eq!(sorted, [101, 104, 108, 105, 109, 100, 103, 107, 102, 106]);
        assert_eq!(ends[..4], [3, 4, 5, 8]);
        assert_eq!(ends[14], 8);
        assert_eq!(ends[15], 10);
    }
}
