//! Counts in memory, for tests and small studies.

use crate::format::MarkedBy;
use hallmark_core::cells::TokenId;
use hallmark_core::keys::PublicId;
use hallmark_core::windows::{self, WindowCounts, WindowHash};
use hashbrown::HashMap;

/// Exact counts of windows, in a hash map.
#[derive(Clone, Debug)]
pub struct Counted {
    window: usize,
    marked_by: MarkedBy,
    total: u64,
    counts: HashMap<WindowHash, u64>,
}

impl Counted {
    /// No windows yet, of `window` tokens.
    ///
    /// # Panics
    /// When `window` is 0.
    #[must_use]
    pub fn new(window: usize, marked_by: MarkedBy) -> Self {
        assert!(window > 0, "a window has at least one token");
        Self {
            window,
            marked_by,
            total: 0,
            counts: HashMap::new(),
        }
    }

    /// Counts the windows of one answer, without its prompt, or of one document: each window that a
    /// token follows, as often as it occurs; of marked text once an answer.
    pub fn push(&mut self, answer: &[TokenId]) {
        let mut own = vec![];
        windows::each(answer, self.window, |window| own.push(window));
        if self.once_an_answer() {
            own.sort_unstable();
            own.dedup();
        }
        self.total += own.len() as u64;
        for window in own {
            *self.counts.entry(window).or_default() += 1;
        }
    }

    /// Every window that occurred, with its count, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (WindowHash, u64)> + '_ {
        self.counts.iter().map(|(&window, &count)| (window, count))
    }
}

impl WindowCounts for Counted {
    fn window(&self) -> usize {
        self.window
    }

    fn total(&self) -> u64 {
        self.total
    }

    fn distinct(&self) -> u64 {
        self.counts.len() as u64
    }

    fn marked_by(&self) -> Option<PublicId> {
        self.marked_by.key()
    }

    fn once_an_answer(&self) -> bool {
        self.marked_by.key().is_some()
    }

    fn counts(&self, windows: &[WindowHash], counts: &mut [u32]) {
        assert_eq!(windows.len(), counts.len(), "one count for each window");
        for (count, window) in counts.iter_mut().zip(windows) {
            let found = self.counts.get(window).copied().unwrap_or(0);
            *count = u32::try_from(found).unwrap_or(u32::MAX);
        }
    }
}
