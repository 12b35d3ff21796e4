//! Every tested key against every control, in one pass over the cells.

use super::paired::Paired;
use crate::error::ContrastError;
use crate::scores::{BatchWords, MOST_WEIGHT, Rows};
use hallmark_core::mark::Mark;
use rayon::prelude::*;
use std::ops::Range;

/// Tested keys against controls on the same cells: every tested key is contrasted with every control.
pub struct Contrasts {
    tested: usize,
    controls: usize,
    /// The parts' weights.
    weights: Vec<u32>,
    pairs: Vec<Paired>,
}

impl Contrasts {
    /// Every one of so many tested keys against every one of so many controls, all with marks like `mark`.
    ///
    /// A key that stands on both sides gives differences of 0 and p = 1.
    ///
    /// # Errors
    /// No pair.
    pub(crate) fn new(mark: &Mark, tested: usize, controls: usize) -> Result<Self, ContrastError> {
        if tested == 0 || controls == 0 {
            return Err(ContrastError::NoPair);
        }
        let weights = mark.part_weights(MOST_WEIGHT);
        let pair = Paired::of_parts(mark.law(), weights.len());
        Ok(Self {
            tested,
            controls,
            weights,
            pairs: vec![pair; tested * controls],
        })
    }

    /// Adds the words of a tile of cells: the tested keys are the first marks, the controls those after them. The result
    /// is the same for any number of threads and any order.
    pub(crate) fn observe(&mut self, tile: &[BatchWords<'_>], rows: &Rows<'_>) {
        let Self {
            tested,
            controls,
            ref weights,
            ref mut pairs,
        } = *self;
        let Some(law) = pairs.first().map(|pair| pair.law) else {
            return;
        };
        let none = || vec![Paired::of_parts(law, weights.len()); tested * controls];
        let sums = tile
            .par_iter()
            .fold(none, |mut pairs, batch| {
                for (pair, index) in pairs.iter_mut().zip(0..) {
                    let own = rows.range(index / controls);
                    let other = rows.range(tested + index % controls);
                    if let [_] = weights[..] {
                        pair.add(batch.row(own.start), batch.row(other.start));
                    } else {
                        let words = |rows: Range<usize>| rows.map(|row| batch.row(row)).collect();
                        pair.add_weighted(weights, &words(own), &words(other));
                    }
                }
                pairs
            })
            .reduce(none, |mut left, right| {
                left.iter_mut().zip(&right).for_each(|(a, b)| a.merge(b));
                left
            });
        pairs.iter_mut().zip(&sums).for_each(|(a, b)| a.merge(b));
    }

    /// Tested key `tested` against control `control`, by their positions.
    #[must_use]
    pub fn pair(&self, tested: usize, control: usize) -> Option<&Paired> {
        let known = tested < self.tested && control < self.controls;
        known.then(|| &self.pairs[tested * self.controls + control])
    }
}
