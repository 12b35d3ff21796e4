//! T9's cells, to be shown: weights, probabilities and words, window by window.

use super::mass_weights::Evidence;
use crate::disclosure::DisclosedMasses;
use hallmark_core::cells::CellBatch;
use hallmark_core::mark::{Mark, Reading};

impl Evidence {
    /// Every cell, under each of `marks`.
    pub(crate) fn disclose(&self, marks: &[&Mark]) -> DisclosedMasses {
        let words = marks.iter().map(|mark| self.words(&**mark.heaviest()));
        DisclosedMasses {
            windows: self.iter().map(|(_, cells)| cells.len() as u32).collect(),
            weights: self.cells.iter().map(|cell| cell.weight).collect(),
            masses: self.cells.iter().map(|cell| cell.mass).collect(),
            words: words.collect(),
        }
    }

    fn words(&self, reading: &dyn Reading) -> Vec<u32> {
        let mut batch = CellBatch::new(self.window, 64);
        let mut words = vec![0; self.cells.len()];
        let mut rest = &mut words[..];
        let mut tokens = vec![];
        for (window, cells) in self.iter() {
            tokens.clear();
            tokens.extend(cells.iter().map(|cell| cell.token));
            batch.fill(window, &tokens);
            let (own, others) = rest.split_at_mut(cells.len());
            reading.words(&batch, own);
            rest = others;
        }
        words
    }
}
