//! First visits in memory, for tests.

use hallmark_core::keys::Key;
use hallmark_core::visits::FirstVisits;
use hallmark_harvest::Visited;
use std::sync::Arc;

/// The first visits of a key's log, answer after answer; of a ring's, answer number n under sub-key n modulo their number.
pub(crate) fn visited(
    window: usize,
    ring: u32,
    log: &[Vec<u32>],
    key: &Key,
) -> Arc<dyn FirstVisits> {
    let mut visited = Visited::new(window, key.public_id()).of_ring(ring);
    for (answer, sub_key) in log.iter().zip((0..ring).cycle()) {
        visited.push_under(answer, sub_key);
    }
    Arc::new(visited)
}
