//! Counts of windows in memory, for tests.

use hallmark_core::keys::PublicId;
use hallmark_core::windows::{WindowCounts, WindowHash};
use std::collections::HashMap;
use std::sync::Arc;

/// Counts the windows of `documents`; `marked_by` is the key that marked them.
pub(crate) fn counted(
    window: usize,
    documents: &[Vec<u32>],
    marked_by: Option<PublicId>,
) -> Arc<dyn WindowCounts> {
    let mut counts = HashMap::new();
    let windows = documents
        .iter()
        .flat_map(|document| document.windows(window + 1));
    for cell in windows {
        *counts.entry(WindowHash::of(&cell[..window])).or_default() += 1;
    }
    let total = counts.values().map(|&count| u64::from(count)).sum();
    Arc::new(Counted {
        window,
        marked_by,
        counts,
        total,
    })
}

/// How often each window occurred in some documents.
struct Counted {
    window: usize,
    marked_by: Option<PublicId>,
    counts: HashMap<WindowHash, u32>,
    total: u64,
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
        self.marked_by
    }

    fn counts(&self, windows: &[WindowHash], counts: &mut [u32]) {
        for (count, window) in counts.iter_mut().zip(windows) {
            *count = self.counts.get(window).copied().unwrap_or(0);
        }
    }
}
