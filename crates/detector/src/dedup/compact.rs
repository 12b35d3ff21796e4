//! The default set: 64-bit fingerprints in ordered tables.

use super::error::DedupError;
use super::item::SHELVES;
use super::ordered::OrderedTable;
use super::radix::Radix;
use super::set::{Dedup, sealed::Sealed};
use super::units::Units;

/// A set of 64-bit fingerprints: 8.7 to 9.9 bytes for each distinct unit, once there are some
/// hundred thousand.
///
/// # Cost
/// Work is proportional to the units given, whatever the length of the calls, but longer calls are
/// faster: a call with at least 1/32 as many units as are held unrolls the set in the cache, part
/// by part, while a shorter one looks its units up in memory one by one. Best are calls with as
/// many units as are held; with 2·10⁷ held, calls of a fifth of that took about a quarter more for
/// each unit, and calls of some thousands four times as much. A call works on at most 2²⁴ units at
/// a time and takes about 11 bytes of scratch memory for each of these, kept for the next call.
///
/// # Collisions
/// Units of one or two ids have distinct fingerprints. For longer ones the expected number of
/// false merges among n distinct units is at most n(n−1)/2⁶⁵: each of the n(n−1)/2 pairs agrees
/// with probability 2⁻⁶⁴ (the birthday bound). That is 2.7e-4 for 10⁸ units.
pub struct Compact {
    window: usize,
    shelves: Vec<OrderedTable>,
    radix: Radix,
}

impl Compact {
    /// An empty set for units with `window` ids before the last.
    #[must_use]
    pub fn new(window: usize) -> Self {
        let shelves = std::iter::repeat_with(OrderedTable::new)
            .take(SHELVES)
            .collect();
        Self {
            window,
            shelves,
            radix: Radix::new(),
        }
    }

    /// Bytes of memory that could be dropped between calls.
    #[must_use]
    pub fn scratch_bytes(&self) -> u64 {
        self.radix.scratch_bytes()
    }
}

impl Sealed for Compact {}

impl Dedup for Compact {
    fn keep_first(&mut self, units: Units<'_>, kept: &mut Vec<u32>) -> Result<(), DedupError> {
        units.check(self.window)?;
        self.radix.keep_first(&mut self.shelves, units, kept);
        Ok(())
    }

    fn entries(&self) -> u64 {
        self.shelves.iter().map(|shelf| shelf.len() as u64).sum()
    }

    fn state_bytes(&self) -> u64 {
        self.shelves.iter().map(|shelf| shelf.bytes() as u64).sum()
    }

    fn expected_drops(&self) -> f64 {
        if self.window <= 1 {
            return 0.0;
        }
        let distinct = self.entries() as f64;
        distinct * (distinct - 1.0).max(0.0) * (-65f64).exp2()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fingerprint::unit_with;
    use super::*;

    #[test]
    fn units_crafted_to_crowd_one_corner_are_kept_once() {
        // The last fingerprints there are, so that tables run over their ends.
        for spacing in [1, 1 << 6, 1 << 20, 1 << 40] {
            let ids: Vec<u32> = (0..3_000)
                .flat_map(|i| unit_with(u64::MAX - i * spacing))
                .collect();
            let at: Vec<u32> = (0..3_000).map(|i| 2 * i + 1).collect();
            for call in [1, 7, 100, 3_000] {
                let mut set = Compact::new(1);
                let mut kept = Vec::new();
                for round in 0..2 {
                    for at in at.chunks(call) {
                        set.keep_first(
                            Units {
                                ids: &ids,
                                at,
                                window: 1,
                            },
                            &mut kept,
                        )
                        .unwrap();
                    }
                    assert_eq!(
                        kept, at,
                        "spacing {spacing}, calls of {call}, round {round}"
                    );
                }
            }
        }
    }
}
