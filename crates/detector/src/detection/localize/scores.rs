//! The scores of a document's cells in the order of its text, and the sum and tail of any stretch of them.

use crate::cells::DistinctCells;
use crate::tail::{Log10P, TailError};
use hallmark_core::law::Law;
use hallmark_core::mark::Reading;
use std::ops::Range;

/// A bound of the tail of a sum of scores, over so many cells under a law.
pub(crate) type Tail = fn(Law, u64, u64) -> Result<Log10P, TailError>;

/// The scores of a document's cells, with their prefix sums.
pub(crate) struct Scores {
    pub(super) law: Law,
    pub(super) tail: Tail,
    pub(super) scores: Vec<u32>,
    before: Vec<u64>,
    at: Vec<u32>,
}

impl Scores {
    /// Of cells in the order of the text.
    pub(crate) fn new(cells: &DistinctCells, mark: &dyn Reading, tail: Tail) -> Self {
        Self::of(
            mark.law(),
            tail,
            scores(cells, mark),
            cells.positions().to_vec(),
        )
    }

    /// Of scores in the order of the text, with the places of their tokens.
    pub(crate) fn of(law: Law, tail: Tail, scores: Vec<u32>, at: Vec<u32>) -> Self {
        let mut before = Vec::with_capacity(scores.len() + 1);
        let mut sum = 0;
        before.push(sum);
        for &score in &scores {
            sum += u64::from(score);
            before.push(sum);
        }
        Self {
            law,
            tail,
            scores,
            before,
            at,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.scores.len()
    }

    /// The sum of all, in the printed unit.
    pub(crate) fn statistic(&self) -> f64 {
        self.sum(&(0..self.len())) as f64 / self.law.unit() as f64
    }

    /// The p-value of all.
    pub(crate) fn log10_p(&self) -> Result<Log10P, TailError> {
        let all = 0..self.len();
        (self.tail)(self.law, all.len() as u64, self.sum(&all))
    }

    pub(super) fn sum(&self, cells: &Range<usize>) -> u64 {
        self.before[cells.end] - self.before[cells.start]
    }

    /// The tokens that a stretch of cells takes: from the first cell's token to the last one's.
    pub(super) fn tokens(&self, cells: &Range<usize>) -> Range<usize> {
        self.at[cells.start] as usize..self.at[cells.end - 1] as usize + 1
    }
}

/// The score of each cell, in order.
fn scores(cells: &DistinctCells, mark: &dyn Reading) -> Vec<u32> {
    let law = mark.law();
    let mut words = vec![0; BATCH];
    let mut batch = cells.batch(BATCH);
    let mut scores = Vec::with_capacity(cells.len());
    for stretch in cells.stretches(BATCH, BATCH) {
        cells.fill(&mut batch, stretch);
        let words = &mut words[..batch.len()];
        mark.words(&batch, words);
        scores.extend(words.iter().map(|&word| law.score(word)));
    }
    scores
}

/// Cells evaluated at a time.
const BATCH: usize = 1024;
