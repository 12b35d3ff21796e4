//! Words of a tile of cells under every mark: computed once, read by every test.

use super::looks::{LookCells, Looks};
use hallmark_core::mark::Mark;
use rayon::prelude::*;
use std::ops::Range;

/// Marks whose words are computed together, and where each one's rows are.
pub(crate) struct Rows<'a> {
    marks: Vec<&'a Mark>,
    /// The first row of each mark, and the number of rows.
    starts: Vec<usize>,
}

/// The words of one batch of cells: a row for each part of each mark.
pub(crate) struct BatchWords<'a> {
    look: LookCells<'a>,
    cells: usize,
    words: Vec<u32>,
}

/// Words in a tile, about: they stay in the second-level cache for few marks, and in memory for many.
const TILE: usize = 1 << 18;

/// Words in a tile at most, where marks are many.
const MOST: usize = 1 << 22;

/// Batches of a tile at least, so that threads have work.
const BATCHES: usize = 8;

impl<'a> Rows<'a> {
    /// A row for each part of each of these.
    pub(crate) fn of(marks: Vec<&'a Mark>) -> Self {
        let mut starts = vec![0];
        for mark in &marks {
            starts.push(starts[starts.len() - 1] + mark.parts().len());
        }
        Self { marks, starts }
    }

    /// The rows of the mark number `mark`.
    pub(crate) fn range(&self, mark: usize) -> Range<usize> {
        self.starts[mark]..self.starts[mark + 1]
    }

    fn count(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    /// Computes the words of all cells, tile after tile, and hands each tile to `each`.
    pub(crate) fn tiles<E>(
        &self,
        looks: &Looks<'_>,
        mut each: impl FnMut(&[BatchWords<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let batches = looks.batches();
        let batch = self.count() * looks.size();
        let together = (TILE / batch.max(1)).clamp(BATCHES.min(MOST / batch.max(1)).max(1), 256);
        for tile in batches.chunks(together) {
            let words: Vec<BatchWords<'_>> = tile
                .par_iter()
                .map_init(
                    || looks.batch(),
                    |batch, &look| {
                        looks.fill(batch, look);
                        let cells = batch.len();
                        let mut words = vec![0; self.count() * cells];
                        let readings = self.marks.iter().flat_map(|mark| mark.parts());
                        for (part, words) in readings.zip(words.chunks_mut(cells.max(1))) {
                            part.reading.words(batch, words);
                        }
                        BatchWords { look, cells, words }
                    },
                )
                .collect();
            each(&words)?;
        }
        Ok(())
    }
}

impl BatchWords<'_> {
    /// Cells in the batch.
    pub(crate) fn cells(&self) -> usize {
        self.cells
    }

    /// The words of row number `row`.
    pub(crate) fn row(&self, row: usize) -> &[u32] {
        &self.words[row * self.cells..][..self.cells]
    }

    /// The range of each level's cells within the batch.
    pub(crate) fn levels(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        self.look.levels(self.cells)
    }
}
