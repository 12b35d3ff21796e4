//! Where in a document the mark is: windows of a fixed cover, each with its exact tail.
//!
//! ```text
//! distinct cells of one document → scores → prefix sums
//!   → the cover's windows, Bonferroni over all of them → the disjoint ones that say most → their extents
//! ```
//!
//! The [cover](Cover) depends on the number of cells and on nothing else. Under random keys the cells of a window that
//! holds no marked text have independent uniform words, whatever stands elsewhere; so the chance that **any** such window
//! has p·K ≤ α is at most α, K being the cover's size. That bound holds for all windows at once: however those that
//! are reported are then chosen among the significant ones, the chance that one of them holds no marked text stays at
//! most α (`docs/tests/localize.md`).

mod cover;
mod extent;
mod schedule;
mod scores;
mod windows;

pub use cover::{Cover, SHORTEST};
pub(crate) use scores::Scores;

use crate::cells::DistinctCells;
use crate::multiplicity::times;
use crate::statistic::plain;
use crate::tail::{Log10P, TailError};
use hallmark_core::mark::Reading;
use std::ops::Range;

/// Where the mark is in one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Windows of the cover: as many tests.
    pub tried: u64,
    /// log10 of the smallest p of any window, times `tried`. None for a document without cells.
    pub log10_p_adjusted: Option<Log10P>,
    /// Marked passages, in the order of the text.
    pub passages: Vec<Passage>,
}

/// A passage that is marked, at a level shared by all windows of the cover.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Positions of tokens in the document that the passage most likely takes: an estimate.
    pub tokens: Range<usize>,
    /// Positions of tokens that the tested window takes: the p-values and counts are its.
    pub tested: Range<usize>,
    /// Distinct cells in the tested window.
    pub scored: u64,
    /// The sum of their scores, in the printed unit.
    pub statistic: f64,
    /// log10 of the window's p-value alone.
    pub log10_p: Log10P,
    /// The same times the number of windows tried.
    pub log10_p_adjusted: Log10P,
}

/// Finds the marked passages of one document. `cells` are its distinct fresh cells, pushed as one answer; `level` is the
/// largest chance that a window without marked text is among the passages' tested ones.
///
/// # Errors
/// When there are more cells than the tails allow.
pub fn locate(cells: &DistinctCells, mark: &dyn Reading, level: f64) -> Result<Located, TailError> {
    Scores::new(cells, mark, plain::p_value).locate(level)
}

impl Scores {
    /// As [`locate`].
    pub(crate) fn locate(&self, level: f64) -> Result<Located, TailError> {
        let cover = Cover::new(self.len());
        let tried = cover.len();
        let windows = self.significant(&cover, tried, level)?;
        let chosen = schedule::most_evident(&windows.significant);
        let passages = extent::passages(self, &chosen);
        Ok(Located {
            tried,
            log10_p_adjusted: windows.best.map(|p| times(p, tried)),
            passages: passages
                .into_iter()
                .map(|(extent, window)| Passage {
                    tokens: self.tokens(&extent),
                    tested: self.tokens(&window.cells),
                    scored: window.cells.len() as u64,
                    statistic: self.sum(&window.cells) as f64 / self.law.unit() as f64,
                    log10_p: window.log10_p,
                    log10_p_adjusted: times(window.log10_p, tried),
                })
                .collect(),
        })
    }
}
