//! The windows of the cover that are significant.

use super::cover::Cover;
use super::scores::Scores;
use crate::multiplicity::times;
use crate::tail::{Log10P, TailError};
use std::ops::Range;

/// A window of the cover that is significant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    /// Cells, in the order of the text.
    pub(super) cells: Range<usize>,
    pub(super) log10_p: Log10P,
    /// −log10 of the adjusted p.
    pub(super) evidence: f64,
}

/// What the cover's windows show.
pub(super) struct Windows {
    /// The smallest p of any; none for a document without cells.
    pub(super) best: Option<Log10P>,
    pub(super) significant: Vec<Window>,
}

impl Scores {
    /// The significant windows. For one length the tail falls with the sum, so one search for the smallest significant
    /// sum decides on all windows of that length.
    pub(super) fn significant(
        &self,
        cover: &Cover,
        tried: u64,
        level: f64,
    ) -> Result<Windows, TailError> {
        let mut windows = Windows {
            best: None,
            significant: vec![],
        };
        for length in cover.lengths() {
            let p = |sum| (self.tail)(self.law, length as u64, sum);
            let adjusted = |sum| Ok(times(p(sum)?, tried).value() <= level.log10());
            let largest = cover
                .starts(length)
                .map(|start| self.sum(&(start..start + length)));
            let Some(largest) = largest.max() else {
                continue;
            };
            let here = p(largest)?;
            windows.best = Some(windows.best.map_or(here, |best| best.min(here)));
            if !adjusted(largest)? {
                continue;
            }
            let (mut low, mut least) = (0, largest);
            while least - low > 1 {
                let middle = u64::midpoint(low, least);
                if adjusted(middle)? {
                    least = middle;
                } else {
                    low = middle;
                }
            }
            for start in cover.starts(length) {
                let cells = start..start + length;
                if self.sum(&cells) >= least {
                    let log10_p = p(self.sum(&cells))?;
                    windows.significant.push(Window {
                        cells,
                        log10_p,
                        evidence: -times(log10_p, tried).value(),
                    });
                }
            }
        }
        Ok(windows)
    }
}
