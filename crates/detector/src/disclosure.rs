//! What of each scored cell may be shown to somebody who has no key: enough to compute the findings again.
//!
//! A word is an output of the pseudo-random function at one cell. It tells nothing of the key or of any other cell, so words can be
//! handed over where the key cannot.

use crate::cells::{DistinctCells, RawCells};
use crate::weights::WindowWeights;
use hallmark_core::cells::TokenId;
use hallmark_core::mark::Mark;

/// Every scored cell in the order in which it was scored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disclosed {
    /// The number of each cell's answer, from 0.
    pub answers: Vec<u32>,
    /// T2's weight of each cell by each form of weights that was tried; nothing without weights.
    pub weights: Vec<Vec<u16>>,
    /// Under each tested key, then each control: the words of every cell, those of one cell's parts one behind the other.
    pub words: Vec<Vec<u32>>,
    /// For each tested key the sum of scores under each of its decoys, in the law's integer unit; nothing without a line-up.
    pub decoys: Vec<Vec<u64>>,
    /// T2r's cells, where it was made.
    pub residual: Option<DisclosedResidual>,
    /// T3r's cells under each tested key that has a log of its own.
    pub first_visits: Vec<DisclosedVisits>,
    /// T9's cells, where it was made.
    pub masses: Option<DisclosedMasses>,
}

/// The cells of T2r, in the order of their tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisclosedResidual {
    /// The weight of each cell by each form, in the order in which forms are tried; 0 where the form leaves it out.
    pub weights: Vec<Vec<i32>>,
    /// The words of every cell under each tested key, as above.
    pub words: Vec<Vec<u32>>,
}

/// The cells that T3r bet on under one key, in the order of the times at which its log visited their windows first, then of their tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisclosedVisits {
    /// Which of the tested keys, from 0.
    pub key: usize,
    /// The code of each cell's time (`docs/formats.md`, harvest index).
    pub codes: Vec<u8>,
    /// The step of each cell's weight, by kind: three that follow, one that leans. 255 where that kind makes no bet.
    pub steps: Vec<Vec<u8>>,
    /// The words of every cell, as above; where the log visits windows under sub-keys, the word under that sub-key alone.
    pub words: Vec<u32>,
}

/// The cells of T9, window by window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisclosedMasses {
    /// How many cells each window has.
    pub windows: Vec<u32>,
    /// The weight of each cell, in units of 2⁻¹⁶.
    pub weights: Vec<i32>,
    /// The suspect's mean probability of each cell, in units of 2⁻³².
    pub masses: Vec<u64>,
    /// The word of every cell under each tested key; of a mark of several parts that of the heaviest.
    pub words: Vec<Vec<u32>>,
}

/// Writes down the cells of an examination while it scores them.
pub(crate) struct Disclosure {
    disclosed: Disclosed,
    answers: u32,
}

/// Cells evaluated at a time.
const BATCH: usize = 1024;

impl Disclosure {
    /// Nothing yet, for so many keys and forms of weights.
    pub(crate) fn new(keys: usize, forms: usize) -> Self {
        Self {
            disclosed: Disclosed {
                weights: vec![vec![]; forms],
                words: vec![vec![]; keys],
                ..Disclosed::default()
            },
            answers: 0,
        }
    }

    /// Adds the distinct cells of a block of answers, under all keys and by all forms of weights.
    pub(crate) fn observe<'a>(
        &mut self,
        raw: &RawCells,
        cells: &DistinctCells,
        marks: impl Iterator<Item = &'a Mark>,
        forms: impl Iterator<Item = &'a WindowWeights>,
    ) {
        let mut end = 0;
        let ends: Vec<usize> = raw
            .answers()
            .map(|answer: &[TokenId]| {
                end += answer.len();
                end
            })
            .collect();
        let answer = |&at: &u32| ends.partition_point(|&end| end <= at as usize) as u32;
        let own = cells.positions().iter().map(answer);
        let before = self.answers;
        self.disclosed.answers.extend(own.map(|own| before + own));
        self.answers += ends.len() as u32;
        for (to, form) in self.disclosed.weights.iter_mut().zip(forms) {
            let weights = form.of_levels();
            let levels = cells.levels(form);
            to.extend(levels.into_iter().map(|level| weights[usize::from(level)]));
        }
        for (to, mark) in self.disclosed.words.iter_mut().zip(marks) {
            let mut batch = cells.batch(BATCH);
            for stretch in cells.stretches(BATCH, BATCH) {
                cells.fill(&mut batch, stretch);
                words(mark, &batch, to);
            }
        }
    }

    /// What was written down while answers came.
    pub(crate) fn finish(self) -> Disclosed {
        self.disclosed
    }
}

/// Adds the words of a batch of cells under a mark, those of one cell's parts one behind the other.
pub(crate) fn words(mark: &Mark, batch: &hallmark_core::cells::CellBatch, to: &mut Vec<u32>) {
    let parts = mark.parts();
    let start = to.len();
    to.resize(start + parts.len() * batch.len(), 0);
    let mut row = vec![0; batch.len()];
    for (number, part) in parts.iter().enumerate() {
        part.reading.words(batch, &mut row);
        let places = to[start..].iter_mut().skip(number).step_by(parts.len());
        for (to, &word) in places.zip(&row) {
            *to = word;
        }
    }
}
