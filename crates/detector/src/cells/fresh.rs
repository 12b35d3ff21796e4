//! Cells without those whose window the suspect was shown.

use super::distinct::DistinctCells;
use crate::dedup::{Dedup, DedupError, Units};
use hallmark_core::cells::TokenId;
use hashbrown::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Cells whose window was not shown to the suspect when it answered.
#[derive(Clone, Debug)]
pub struct FreshCells {
    pub(super) window: usize,
    pub(super) ids: Arc<Vec<TokenId>>,
    pub(super) at: Vec<u32>,
    pub(super) raw: u64,
    pub(super) in_other_form: u64,
}

impl FreshCells {
    /// Keeps the cells whose window passes. The filter sees nothing but the window, oldest token
    /// first, and is asked once for each distinct window, so it cannot select by what follows.
    #[must_use]
    pub fn filter(self, keep: impl Fn(&[TokenId]) -> bool) -> Self {
        let mut at = self.at;
        let mut asked: HashMap<&[TokenId], bool> = HashMap::new();
        at.retain(|&at| {
            let window = &self.ids[at as usize - self.window..at as usize];
            *asked.entry(window).or_insert_with(|| keep(window))
        });
        drop(asked);
        Self { at, ..self }
    }

    /// Keeps the first of each kind of cell, here and in everything that `dedup` saw before.
    ///
    /// # Errors
    /// As the de-duplication's.
    pub fn distinct(self, dedup: &mut dyn Dedup) -> Result<DistinctCells, DedupError> {
        let mut kept = Vec::with_capacity(self.at.len());
        let units = Units {
            ids: &self.ids,
            at: &self.at,
            window: self.window,
        };
        dedup.keep_first(units, &mut kept)?;
        Ok(DistinctCells {
            window: self.window,
            ids: self.ids,
            at: kept,
        })
    }

    /// Some of the cells with their repeats, in order: window and token, oldest first.
    pub(crate) fn units_at(&self, cells: Range<usize>) -> impl Iterator<Item = &[TokenId]> {
        let window = self.window;
        self.at[cells]
            .iter()
            .map(move |&at| &self.ids[at as usize - window..=at as usize])
    }

    /// Number of fresh cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Cells that were left out because their window had been shown.
    #[must_use]
    pub fn exposed(&self) -> u64 {
        self.raw - self.at.len() as u64
    }

    /// Those of them whose window had been shown in another form only.
    #[must_use]
    pub fn exposed_in_other_form(&self) -> u64 {
        self.in_other_form
    }
}
