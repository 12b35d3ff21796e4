//! Bets on signs, one pair after another.
//!
//! The weight of a pair is d/(d + m), d its absolute difference and m the running median of those so far, its own among them: known before its
//! sign is. A capital is multiplied by 1 + λ·(±weight), whose mean over a fair sign is 1.

use crate::statistic::betting::{Capitals, Residual};
use crate::tail::Log10E;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The mean of the capitals at the end, and the largest that it was at one of the looks.
pub(super) fn log10_e(differences: &[f64]) -> (Log10E, Log10E) {
    let mut capitals = Capitals::new(1.0);
    let mut median = Running::default();
    let (mut largest, mut next) = (Log10E::ONE, 1);
    for (&d, seen) in differences.iter().zip(1_usize..) {
        let size = d.abs();
        let share = 1.0 / (1.0 + median.with(size) / size);
        let weight = (share * UNIT).round() as i64;
        capitals.bet(Residual {
            whole: if d > 0.0 { weight } else { -weight },
            per_unit: 1.0 / UNIT,
        });
        // Looks are fixed beforehand: each pair up to 200, then every hundredth part more.
        if seen >= next {
            largest = largest.max(capitals.log10_e());
            next = seen + 1 + if seen < 200 { 0 } else { seen / 100 };
        }
    }
    let end = capitals.log10_e();
    (end, largest.max(end))
}

/// Weights are whole numbers of this part of 1.
const UNIT: f64 = (1_u64 << 20) as f64;

/// The upper median of what was seen.
#[derive(Default)]
struct Running {
    low: BinaryHeap<Size>,
    high: BinaryHeap<Reverse<Size>>,
}

impl Running {
    /// Takes one more in; the median of all.
    fn with(&mut self, size: f64) -> f64 {
        self.low.push(Size(size));
        self.high.extend(self.low.pop().map(Reverse));
        if self.high.len() > self.low.len() + 1 {
            self.low.extend(self.high.pop().map(|Reverse(least)| least));
        }
        self.high
            .peek()
            .map_or(size, |Reverse(Size(median))| *median)
    }
}

/// A size, ordered.
struct Size(f64);

impl Ord for Size {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Size {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Size {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Size {}
