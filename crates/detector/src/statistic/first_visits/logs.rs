//! Logs of first visits, and the cells that they bet on.

use super::weights::{Visited, Weigher};
use crate::statistic::counted::Counted;
use crate::statistic::counted::expected::pieces;
use hallmark_core::mark::Mark;
use hallmark_core::visits::FirstVisits;
use hallmark_core::windows::WindowCounts;
use rayon::prelude::*;
use std::sync::Arc;

/// Logs whose first visits are bet on, each by the key that marked it, and what they are weighed by.
#[derive(Clone)]
pub struct Logs {
    /// One for a key.
    pub logs: Vec<Arc<dyn FirstVisits>>,
    /// Counts of text at large, made before the keys were used.
    pub background: Option<Arc<dyn WindowCounts>>,
}

/// Cells evaluated at a time.
pub(super) const BATCH: usize = 256;

/// What weighs cells by the log that a mark's key marked; nothing where there is none.
pub(super) fn weigher<'a>(
    logs: &'a Logs,
    counted: &'a Counted,
    mark: &Mark,
) -> Option<Weigher<'a>> {
    let own = |log: &&Arc<dyn FirstVisits>| log.marked_by() == Some(mark.key());
    let log = logs.logs.iter().find(own)?;
    Some(Weigher {
        expected: counted.expected(),
        visits: &**log,
        background: logs.background.as_deref(),
        law: mark.law(),
    })
}

/// The cells that are bet on, in the order in which the log visits them.
pub(super) fn visited(weigher: &Weigher<'_>, counted: &Counted) -> Vec<Visited> {
    let weighed = pieces(&counted.suspect)
        .into_par_iter()
        .map(|piece| weigher.weigh(piece));
    let mut visited: Vec<Visited> = weighed.flatten_iter().collect();
    visited.par_sort_unstable_by_key(|cell| (cell.code, cell.input, cell.cell));
    visited
}
