//! The set without false merges: whole units.

use hashbrown::HashTable;

use super::error::DedupError;
use super::fingerprint::fingerprint;
use super::set::{Dedup, sealed::Sealed};
use super::units::Units;

/// A set of whole units. It never takes two different units for the same.
///
/// It costs 4 bytes for each id and 10 to 21 bytes of index for each distinct unit, and is several
/// times slower than [`Compact`](super::Compact). It runs on the calling thread.
pub struct Exact {
    window: usize,
    /// The distinct units, one after the other.
    units: Vec<u32>,
    /// Which of `units`.
    index: HashTable<usize>,
}

impl Exact {
    /// An empty set for units with `window` ids before the last.
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self {
            window,
            units: Vec::new(),
            index: HashTable::new(),
        }
    }
}

impl Sealed for Exact {}

impl Dedup for Exact {
    fn keep_first(&mut self, units: Units<'_>, kept: &mut Vec<u32>) -> Result<(), DedupError> {
        units.check(self.window)?;
        let len = self.window + 1;
        for &position in units.at {
            let unit = units.unit::<0>(position);
            let held = &self.units;
            let print = |&row: &usize| fingerprint(&held[row * len..][..len]);
            let same = |&row: &usize| held[row * len..][..len] == *unit;
            if let hashbrown::hash_table::Entry::Vacant(place) =
                self.index.entry(fingerprint(unit), same, print)
            {
                place.insert(held.len() / len);
                self.units.extend_from_slice(unit);
                kept.push(position);
            }
        }
        Ok(())
    }

    fn entries(&self) -> u64 {
        self.index.len() as u64
    }

    fn state_bytes(&self) -> u64 {
        (self.units.capacity() * size_of::<u32>() + self.index.allocation_size()) as u64
    }

    fn expected_drops(&self) -> f64 {
        0.0
    }
}
