//! The largest words under one key, and what T8 makes of them.

use super::statistic::shape_p_value;
use crate::finding::ShapeFinding;
use crate::tail::TailError;
use hallmark_core::law::Law;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How many of the largest words are kept at most.
pub const MOST: usize = 4096;

/// One cell in this many is looked at: the largest twentieth.
const SHARE: u64 = 20;

/// The largest words of distinct cells under one key: at most [`MOST`], 16 kB.
///
/// ```
/// use hallmark_detector::statistic::shape::Shape;
/// let mut shape = Shape::new();
/// // 10,000 cells, evenly spread, and 12 that are very large.
/// shape.observe(&(0..10_000).map(|i| i * 429_496).collect::<Vec<u32>>());
/// shape.observe(&[u32::MAX - 20_000; 12]);
/// let finding = shape.finding()?;
/// assert!(finding.log10_p.value() < -10.0);
/// assert_eq!(finding.strongest.expect("something was seen").cells, 12);
/// # Ok::<(), hallmark_detector::tail::TailError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Shape {
    cells: u64,
    largest: BinaryHeap<Reverse<u32>>,
}

impl Shape {
    /// No cells yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the test is defined for scores of this law.
    #[must_use]
    pub fn applies_to(law: Law) -> bool {
        law == Law::Exponential
    }

    /// Adds the words of distinct cells. Neither their order nor how they are cut into calls matters.
    pub fn observe(&mut self, words: &[u32]) {
        self.cells += words.len() as u64;
        self.keep(words.iter().copied());
    }

    /// Adds what another saw of other cells.
    pub fn merge(&mut self, other: &Self) {
        self.cells += other.cells;
        self.keep(other.largest.iter().map(|&Reverse(word)| word));
    }

    /// Distinct cells.
    #[must_use]
    pub fn cells(&self) -> u64 {
        self.cells
    }

    /// T8 on what was seen.
    ///
    /// # Errors
    /// More cells than the tails allow.
    pub fn finding(&self) -> Result<ShapeFinding, TailError> {
        let mut words: Vec<u32> = self.largest.iter().map(|&Reverse(word)| word).collect();
        words.sort_unstable_by_key(|&word| Reverse(word));
        words.truncate(looked_at(self.cells));
        let numerators: Vec<u64> = words.iter().map(|&w| (1 << 32) - u64::from(w)).collect();
        shape_p_value(self.cells, &numerators)
    }

    fn keep(&mut self, words: impl Iterator<Item = u32>) {
        for word in words {
            if self.largest.len() < MOST {
                self.largest.push(Reverse(word));
            } else if let Some(mut smallest) = self.largest.peek_mut()
                && smallest.0 < word
            {
                *smallest = Reverse(word);
            }
        }
    }
}

/// How many ranks are looked at among N cells: a function of N alone.
fn looked_at(cells: u64) -> usize {
    (cells / SHARE).max(1).min(MOST as u64) as usize
}
