//! First visits in memory, for tests.

use hallmark_core::keys::Key;
use hallmark_core::visits::FirstVisits;
use hallmark_harvest::Visited;
use std::sync::Arc;

/// The first visits of a key's log, answer after answer.
pub(crate) fn visited(window: usize, log: &[Vec<u32>], key: &Key) -> Arc<dyn FirstVisits> {
    let mut visited = Visited::new(window, key.public_id());
    log.iter().for_each(|answer| visited.push(answer));
    Arc::new(visited)
}
