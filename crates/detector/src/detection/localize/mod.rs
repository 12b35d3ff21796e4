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

pub use cover::{Cover, SHORTEST};

use crate::cells::DistinctCells;
use crate::multiplicity::times;
use crate::statistic::plain;
use crate::tail::{Log10P, TailError};
use hallmark_core::law::Law;
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

/// A bound of the tail of a sum of scores, over so many cells under a law.
pub(crate) type Tail = fn(Law, u64, u64) -> Result<Log10P, TailError>;

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

/// A window of the cover that is significant.
#[derive(Clone, Debug, PartialEq)]
struct Window {
    /// Cells, in the order of the text.
    cells: Range<usize>,
    log10_p: Log10P,
    /// −log10 of the adjusted p.
    evidence: f64,
}

struct Windows {
    best: Option<Log10P>,
    significant: Vec<Window>,
}

/// The scores of a document's cells, with their prefix sums.
pub(crate) struct Scores {
    law: Law,
    tail: Tail,
    scores: Vec<u32>,
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

    fn sum(&self, cells: &Range<usize>) -> u64 {
        self.before[cells.end] - self.before[cells.start]
    }

    /// The tokens that a stretch of cells takes: from the first cell's token to the last one's.
    fn tokens(&self, cells: &Range<usize>) -> Range<usize> {
        self.at[cells.start] as usize..self.at[cells.end - 1] as usize + 1
    }

    /// The significant windows. For one length the tail falls with the sum, so one search for the smallest significant
    /// sum decides on all windows of that length.
    fn significant(&self, cover: &Cover, tried: u64, level: f64) -> Result<Windows, TailError> {
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
