//! Slices of hash space, each small enough to sort in memory, and what an index holds of one.

use crate::count_byte;
use crate::counting::Counting;
use crate::error::HarvestError;
use crate::format::{self, Header};
use crate::runs::{Grouped, PARTITION_BITS, PARTITIONS, Pair, Spill};

/// All hashes that were counted.
pub(crate) enum Hashes<'a> {
    /// They fit in memory.
    Held(Grouped<'a>),
    /// They did not.
    Spilled(Spill),
}

/// The hashes with these top bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice {
    top: u64,
    bits: u32,
}

/// What an index holds of a slice.
pub(crate) struct Filled {
    /// Entries of each bucket.
    pub(crate) sizes: Vec<u32>,
    /// The entries, as bytes.
    pub(crate) entries: Vec<u8>,
}

/// Memory for each pair that is sorted: itself, half as much to merge with, and the entries of
/// the slices that wait to be written.
const BYTES_A_PAIR: u64 = 48;

impl Hashes<'_> {
    /// How many bits name a slice, so that slices on all threads at once fit in `memory` bytes.
    pub(crate) fn slice_bits(&self, memory: u64) -> u32 {
        let Self::Spilled(spill) = self else {
            return PARTITION_BITS;
        };
        let threads = rayon::current_num_threads() as u64;
        let at_once = (memory / (threads * BYTES_A_PAIR)).max(1);
        let parts = (spill.largest() as u64).div_ceil(at_once).max(1);
        PARTITION_BITS + parts.next_power_of_two().trailing_zeros()
    }

    /// The distinct hashes of a slice in ascending order, with their counts.
    pub(crate) fn pairs(&self, slice: Slice) -> Result<Vec<Pair>, HarvestError> {
        match self {
            Self::Held(grouped) => Ok(grouped.pairs(slice.partition())),
            Self::Spilled(spill) => {
                let width = u64::BITS - slice.bits;
                let start = u128::from(slice.top) << width;
                spill.pairs(slice.partition(), &(start..start + (1 << width)))
            }
        }
    }

    /// What the index with this header holds of a slice.
    pub(crate) fn fill(&self, slice: Slice, header: &Header) -> Result<Filled, HarvestError> {
        let pairs = self.pairs(slice)?;
        let buckets = 1 << (header.bucket_bits - slice.bits);
        let first = slice.top * buckets;
        let mut sizes = vec![0; buckets as usize];
        let mut entries = Vec::with_capacity(pairs.len() * format::ENTRY_BYTES);
        for (hash, count) in pairs {
            sizes[(header.bucket(hash) - first) as usize] += 1;
            let code = match header.counting {
                Counting::FirstVisits(_) => hash as u8,
                Counting::Occurrences | Counting::Answers => count_byte::encode(count),
            };
            let entry = format::entry(hash, code);
            entries.extend_from_slice(&entry.to_le_bytes());
        }
        Ok(Filled { sizes, entries })
    }
}

impl Slice {
    /// The slices of the first `partitions` partitions, in order.
    pub(crate) fn of(partitions: usize, bits: u32) -> impl Iterator<Item = Self> {
        (0..(partitions as u64) << (bits - PARTITION_BITS)).map(move |top| Self { top, bits })
    }

    /// All slices, in order.
    pub(crate) fn all(bits: u32) -> Vec<Self> {
        Self::of(PARTITIONS, bits).collect()
    }

    const fn partition(self) -> usize {
        (self.top >> (self.bits - PARTITION_BITS)) as usize
    }
}
