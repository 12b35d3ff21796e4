//! The set with a fixed memory: a blocked Bloom filter.

use super::error::DedupError;
use super::item::{Item, MAX_PART_BITS, SHELVES};
use super::pages::Pages;
use super::radix::Radix;
use super::set::{Dedup, sealed::Sealed};
use super::shelf::{Arrivals, BitWriter, Scratch, Shelf};
use super::units::Units;

/// A blocked Bloom filter (Putze, Sanders, Singler 2007): each unit sets a few bits within one
/// block of 512, so a look-up costs one cache line.
///
/// Once kept, a unit is never kept again. A fresh unit is dropped when its bits are all set
/// already: 0.44 % of as many units as expected with eight bits for each, 0.014 % with sixteen
/// (measured on random units). [`expected_drops`](Dedup::expected_drops) says how many, summed
/// from the fill of the block at each insertion.
pub struct Bloom {
    window: usize,
    blocks: Pages,
    blocks_per_shelf: usize,
    /// Bits that a unit sets.
    probes: u32,
    /// What a kept unit adds to the expected drops, by the number of bits set in its block.
    odds: Vec<u64>,
    entries: u64,
    drops: u128,
    radix: Radix,
}

/// Words of a block: one cache line.
const BLOCK: usize = 8;
const BLOCK_BITS: usize = BLOCK * 64;
/// One block for each part of each shelf.
const GRAIN_BYTES: usize = (SHELVES << MAX_PART_BITS) * BLOCK * 8;
/// Nine bits choose one bit of a block, and 64 bits hold seven such choices.
const MAX_PROBES: u32 = 7;
/// Expected drops are summed in fixed point, so that their sum does not depend on the order.
const FRACTION_BITS: i32 = 52;

impl Bloom {
    /// An empty filter of `budget_bytes` (rounded down to whole 128 KiB, at least one) for units with
    /// `window` ids before the last, laid out for `expected_units` distinct ones.
    #[must_use]
    pub fn new(window: usize, budget_bytes: u64, expected_units: u64) -> Self {
        // Blocks of one part of a shelf are no other part's, so each sees its units in stream order.
        let blocks_per_part = (budget_bytes as usize / GRAIN_BYTES).max(1);
        let blocks_per_shelf = blocks_per_part << MAX_PART_BITS;
        let blocks = blocks_per_shelf * SHELVES;
        let bits_per_unit = (blocks * BLOCK_BITS) as f64 / expected_units.max(1) as f64;
        let probes = (bits_per_unit * std::f64::consts::LN_2).round() as u32;
        let probes = probes.clamp(1, MAX_PROBES);
        // A fresh unit is dropped with probability q = (share of set bits)^probes, so for each
        // fresh unit that is seen to be kept, q / (1 - q) are dropped in expectation.
        let odds = (0..=BLOCK_BITS)
            .map(|set| {
                let dropped = (set as f64 / BLOCK_BITS as f64).powi(probes as i32);
                let odds = dropped / (1.0 - dropped).max(f64::MIN_POSITIVE);
                (odds * f64::from(FRACTION_BITS).exp2()) as u64
            })
            .collect();
        let mut memory = Pages::EMPTY;
        memory.zeros(blocks * BLOCK);
        Self {
            window,
            blocks: memory,
            blocks_per_shelf,
            probes,
            odds,
            entries: 0,
            drops: 0,
            radix: Radix::new(),
        }
    }
}

impl Sealed for Bloom {}

impl Dedup for Bloom {
    fn keep_first(&mut self, units: Units<'_>, kept: &mut Vec<u32>) -> Result<(), DedupError> {
        units.check(self.window)?;
        let mut shelves: Vec<_> = self
            .blocks
            .view_mut::<u64>()
            .chunks_mut(self.blocks_per_shelf * BLOCK)
            .take(SHELVES)
            .map(|words| BloomShelf {
                blocks: words.as_chunks_mut().0,
                probes: self.probes,
                odds: &self.odds,
                entries: 0,
                drops: 0,
            })
            .collect();
        self.radix.keep_first(&mut shelves, units, kept);
        for shelf in shelves {
            self.entries += shelf.entries;
            self.drops += shelf.drops;
        }
        Ok(())
    }

    fn entries(&self) -> u64 {
        self.entries
    }

    fn state_bytes(&self) -> u64 {
        self.blocks.bytes() as u64
    }

    fn expected_drops(&self) -> f64 {
        self.drops as f64 * f64::from(-FRACTION_BITS).exp2()
    }
}

/// The blocks of one range of fingerprints.
struct BloomShelf<'a> {
    blocks: &'a mut [[u64; BLOCK]],
    probes: u32,
    odds: &'a [u64],
    entries: u64,
    drops: u128,
}

impl Shelf for BloomShelf<'_> {
    fn admit(&mut self, arrivals: Arrivals<'_>, fresh: &mut BitWriter<'_>, _: &mut Scratch) {
        for &item in arrivals.pieces().flatten() {
            fresh.push(self.insert(item));
        }
    }
}

impl BloomShelf<'_> {
    /// Whether a bit of `item` was clear; all are set afterwards.
    fn insert(&mut self, item: Item) -> bool {
        let block = ((u128::from(!item) * self.blocks.len() as u128) >> 64) as usize;
        let block = &mut self.blocks[block];
        let mut choices = choices(item);
        let mut added = 0;
        for _ in 0..self.probes {
            let word = &mut block[choices as usize / 64 % BLOCK];
            added += !(*word >> (choices % 64)) & 1;
            *word |= 1 << (choices % 64);
            choices >>= BLOCK_BITS.ilog2();
        }
        let is_fresh = added > 0;
        if is_fresh {
            let set: u64 = block.iter().map(|word| u64::from(word.count_ones())).sum();
            self.drops += u128::from(self.odds[(set - added) as usize]);
            self.entries += 1;
        }
        is_fresh
    }
}

/// Bits that do not tell which block the item is in: the block is chosen by the top ones.
#[inline(always)]
fn choices(item: Item) -> u64 {
    let word = (item ^ item >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (word ^ word >> 29).wrapping_mul(0xbe54_66cf_34e9_0c6d) >> 1
}
