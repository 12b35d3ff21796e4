//! Cells that are the first of their kind: what can be scored.

use crate::weights::WindowWeights;
use hallmark_core::cells::{CellBatch, TokenId};
use hallmark_core::mark::Reading;
use hallmark_core::windows::WindowHash;
use rayon::prelude::*;
use std::sync::Arc;

/// Cells that are the first of their kind in the whole corpus: the only ones that can be scored.
#[derive(Clone, Debug)]
pub struct DistinctCells {
    pub(super) window: usize,
    pub(super) ids: Arc<Vec<TokenId>>,
    pub(super) at: Vec<u32>,
}

impl DistinctCells {
    /// Number of distinct cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// The sum of the cells' scores under `mark`, in the law's integer unit.
    #[must_use]
    pub fn score(&self, mark: &dyn Reading) -> u64 {
        let mut words = vec![0; BATCH];
        let mut batch = self.batch(BATCH);
        let law = mark.law();
        self.stretches(BATCH, BATCH)
            .into_iter()
            .map(|stretch| {
                self.fill(&mut batch, stretch);
                let words = &mut words[..batch.len()];
                mark.words(&batch, words);
                law.sum(words)
            })
            .sum()
    }

    /// The level of each cell's window. The weights are asked about windows' hashes and nothing
    /// else.
    pub(crate) fn levels(&self, weights: &WindowWeights) -> Vec<u8> {
        let mut levels = vec![0; self.at.len()];
        levels
            .par_chunks_mut(WINDOWS)
            .zip(self.at.par_chunks(WINDOWS))
            .for_each_init(
                || Vec::with_capacity(WINDOWS),
                |windows, (levels, at)| {
                    windows.clear();
                    windows.extend(at.iter().map(|&at| {
                        WindowHash::of(&self.ids[at as usize - self.window..at as usize])
                    }));
                    weights.levels(windows, levels);
                },
            );
        levels
    }

    /// Where the cells are, in order.
    pub(crate) fn positions(&self) -> &[u32] {
        &self.at
    }

    /// The cells in order, in stretches of `size`, the first of `first`.
    pub(crate) fn stretches(&self, first: usize, size: usize) -> Vec<Stretch<'_>> {
        let (head, rest) = self.at.split_at(first.min(self.at.len()));
        head.chunks(size)
            .chain(rest.chunks(size))
            .map(Stretch)
            .collect()
    }

    /// An empty batch for stretches of up to `size` of these cells.
    pub(crate) fn batch(&self, size: usize) -> CellBatch {
        CellBatch::new(self.window, size)
    }

    /// Fills a batch with a stretch of these cells.
    pub(crate) fn fill(&self, batch: &mut CellBatch, stretch: Stretch<'_>) {
        batch.fill_at(&self.ids, stretch.0);
    }
}

/// A stretch of distinct cells, by their positions.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a>(&'a [u32]);

impl<'a> Stretch<'a> {
    /// These positions.
    pub(crate) fn of(at: &'a [u32]) -> Self {
        Self(at)
    }
}

/// Cells evaluated at a time: their columns and words stay in the first-level cache.
pub(super) const BATCH: usize = 1024;

/// Windows whose counts are looked up together.
const WINDOWS: usize = 1 << 16;
