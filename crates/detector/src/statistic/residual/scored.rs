//! T2r's cells scored under every key, step by step of their weights.

use super::ladder;
use super::weigher::Weighed;
use crate::finding::MAX_WINDOW;
use crate::statistic::counted::packed;
use crate::statistic::weighted::Row;
use hallmark_core::cells::CellBatch;
use hallmark_core::mark::{Mark, Unit};
use std::collections::HashSet;
use std::ops::Range;

/// How many cells each step has, and the sum of their scores under each key.
///
/// Sums are 64 bits: cells are held in memory, and 2³⁴ of them, a quarter of a terabyte, stay below.
#[derive(Clone)]
pub(crate) struct Scored {
    cells: [u64; ladder::STEPS],
    /// One row of sums for each part of each key.
    scores: Vec<[u64; ladder::STEPS]>,
}

/// Cells evaluated at a time.
const BATCH: usize = 256;

/// Keeps the first cell of each unit.
pub(super) fn first_of_units(
    mut pieces: Vec<Vec<Weighed>>,
    unit: &Unit,
    window: usize,
) -> Vec<Vec<Weighed>> {
    let mut seen = HashSet::new();
    let mut tokens = [0; MAX_WINDOW + 1];
    let tokens = &mut tokens[..=window];
    for cells in &mut pieces {
        cells.retain(|cell| {
            packed::unpack(cell.cell, tokens);
            seen.insert(unit.of(&tokens[..window], tokens[window]))
        });
    }
    pieces
}

/// Scores cells, each once, under each of `marks`.
pub(super) fn score(mut cells: Vec<Weighed>, marks: &[&Mark], window: usize) -> Scored {
    cells.sort_unstable_by_key(|cell| (cell.step, cell.cell));
    let mut scored = Scored::empty(marks.iter().map(|mark| mark.parts().len()).sum());
    let mut batch = CellBatch::new(window, BATCH);
    let mut words = [0; BATCH];
    for same in cells.chunk_by(|a, b| a.step == b.step) {
        let step = same[0].step as usize;
        scored.cells[step] += same.len() as u64;
        for some in same.chunks(BATCH) {
            fill(&mut batch, some, window);
            let words = &mut words[..some.len()];
            let parts = marks.iter().flat_map(|mark| mark.parts());
            for (part, scores) in parts.zip(&mut scored.scores) {
                part.reading.words(&batch, words);
                scores[step] += part.reading.law().sum(words);
            }
        }
    }
    scored
}

fn fill(batch: &mut CellBatch, cells: &[Weighed], window: usize) {
    let mut tokens = [0; MAX_WINDOW + 1];
    let tokens = &mut tokens[..=window];
    batch.clear();
    for cell in cells {
        packed::unpack(cell.cell, tokens);
        batch.push(&tokens[..window], tokens[window]);
    }
}

impl Scored {
    /// No cells, with so many rows of sums.
    pub(super) fn empty(rows: usize) -> Self {
        Self {
            cells: [0; ladder::STEPS],
            scores: vec![[0; ladder::STEPS]; rows],
        }
    }

    /// Both together.
    pub(super) fn and(mut self, other: &Self) -> Self {
        add(&mut self.cells, &other.cells);
        for (to, more) in self.scores.iter_mut().zip(&other.scores) {
            add(to, more);
        }
        self
    }

    /// One row for each step and each part of a key, which has these rows of sums.
    pub(super) fn rows(&self, rows: Range<usize>, weights: &[u32]) -> Vec<Row> {
        let parts = self.scores[rows].iter().zip(weights);
        let rows = parts.flat_map(|(scores, &part)| {
            (0..ladder::STEPS).map(move |step| Row {
                weight: ladder::weight(step) * i64::from(part),
                cells: self.cells[step],
                score: scores[step],
            })
        });
        rows.collect()
    }

    /// Cells with a weight above 0, and below.
    pub(super) fn above_and_below(&self) -> (u64, u64) {
        let (above, below) = self.cells.split_at(ladder::MAGNITUDES.len());
        (above.iter().sum(), below.iter().sum())
    }
}

fn add(to: &mut [u64; ladder::STEPS], more: &[u64; ladder::STEPS]) {
    for (to, more) in to.iter_mut().zip(more) {
        *to += more;
    }
}
