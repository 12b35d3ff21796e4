//! T2r's weights: from sorted cells to weighted cells, window by window.

use super::ladder;
use super::strength::Strength;
use crate::statistic::counted::expected::{Expected, by_window, hashes};
use crate::statistic::counted::lift::Counts;
use crate::statistic::counted::packed::{self, Packed};
use crate::weights::{ASSUMED_SHARE, WindowWeights};
use hallmark_core::windows::WindowHash;

/// A distinct cell with the step of its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weighed {
    pub(super) step: u8,
    pub(super) cell: Packed,
}

/// Everything that decides weights, the same for all pieces.
pub(super) struct Weigher<'a> {
    pub(super) expected: Expected<'a>,
    pub(super) strength: Strength,
    pub(super) weights: Option<&'a WindowWeights>,
    pub(super) window: usize,
}

impl Weigher<'_> {
    /// The weight of every cell that the suspect produced in a piece, or that the control sample produced after
    /// one of its windows; cells of weight 0 are left out.
    pub(super) fn weigh(&self, piece: &[Packed]) -> Vec<Weighed> {
        let windows = by_window(piece).map(|run| packed::window(run[0]));
        let shares = self.shares(&hashes(windows, self.window));
        let expected = self.expected.near(piece);
        let mut weighed = Vec::with_capacity(piece.len());
        for (run, share) in by_window(piece).zip(shares) {
            if share > 0.0 {
                self.weigh_window(run, share, &expected, &mut weighed);
            }
        }
        weighed
    }

    /// The same for the cells of one window.
    fn weigh_window(
        &self,
        run: &[Packed],
        share: f64,
        expected: &Expected<'_>,
        weighed: &mut Vec<Weighed>,
    ) {
        let window = packed::window(run[0]);
        expected.each(run, |token, count, probability| {
            let weight = self.strength.weight(Counts {
                produced: f64::from(count),
                visits: run.len() as f64,
                probability,
                share,
            });
            if let Some(step) = ladder::step(weight * ladder::UNIT) {
                let cell = packed::cell(window, token);
                weighed.push(Weighed { step, cell });
            }
        });
    }

    /// ρ of each window.
    fn shares(&self, windows: &[WindowHash]) -> Vec<f64> {
        let Some(weights) = self.weights else {
            return vec![ASSUMED_SHARE; windows.len()];
        };
        let mut levels = vec![0; windows.len()];
        weights.levels(windows, &mut levels);
        let of_levels = weights.harvest_shares();
        let share = |level| of_levels[usize::from(level)];
        levels.into_iter().map(share).collect()
    }
}
