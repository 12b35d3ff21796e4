//! How groups are tested, and in which windows.

use super::classes::Within;
use crate::traffic::Traffic;
use std::ops::Range;

/// How groups are tested.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// Weeks of a window: hours are exchanged within it, and each window has an e-value. Windows of twice as many weeks are tested too, in
    /// which more hours have others to be exchanged for, and the two products are averaged.
    pub weeks: u32,
    /// Surrogates of each window.
    pub surrogates: u32,
    /// Surrogates of each window in a first look of its own, 0 for none. A group that shows next to nothing in it, or of which fewer than `least`
    /// accounts or a tenth show anything in a second, is cleared: its e-value is 0.
    pub screen: u32,
    /// Accounts of a group that must show something.
    pub least: usize,
    /// Whether windows that are not over test nothing: for who looks again and again.
    pub only_whole: bool,
    /// Which hours may be exchanged.
    pub within: Within,
    /// Draws them.
    pub seed: [u8; 32],
}

impl Test {
    /// Windows of so many weeks, of the weeks that test.
    pub(super) fn windows(
        &self,
        traffic: &Traffic,
        weeks: u32,
    ) -> impl Iterator<Item = Range<u32>> {
        let (first, end, only_whole) = (traffic.proposing, traffic.weeks, self.only_whole);
        let starts = (first..end).step_by(weeks.max(1) as usize);
        let starts = starts.filter(move |from| !only_whole || from + weeks <= end);
        starts.map(move |from| from..end.min(from + weeks))
    }

    /// Whether long windows cover as much as short ones, so that they are screened and counted: unless the last of them is not over.
    pub(super) fn is_long(&self, traffic: &Traffic) -> bool {
        let short = self.windows(traffic, self.weeks).count();
        short <= 2 * self.windows(traffic, 2 * self.weeks).count()
    }
}
