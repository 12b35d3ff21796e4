//! Brings fingerprints to the shelves that hold them, and the answers back into stream order.
//!
//! A block of positions is partitioned by the top bits of its fingerprints, stably, so that each
//! part of a large table is worked on while it lies in the cache. Every shelf owns a range of
//! fingerprints and sees its own in stream order; what it answers therefore depends neither on the
//! block length nor on the number of threads.

use std::sync::Mutex;

use rayon::prelude::*;

use super::item::{MAX_PART_BITS, SHELF_BITS, SHELVES};
use super::pages::Pages;
use super::shelf::{Arrivals, BitWriter, Scratch, Shelf};
use super::sorter::Sorter;
use super::units::Units;

/// Positions that are partitioned together at most: each pass over a block also passes over what is held.
/// A block costs 10 bytes of scratch memory for each position.
const BLOCK: usize = 1 << 24;
/// Below this many positions a second thread costs more than it brings.
const MIN_PARALLEL: usize = 1 << 15;
/// The partitioner with its scratch memory.
pub(super) struct Radix {
    sorters: Vec<Sorter>,
    fresh: Pages,
    scratch: Vec<Mutex<Scratch>>,
}

impl Radix {
    pub(super) fn new() -> Self {
        Self {
            sorters: Vec::new(),
            fresh: Pages::EMPTY,
            scratch: Vec::new(),
        }
    }

    /// Bytes of memory that could be dropped between calls.
    pub(super) fn scratch_bytes(&self) -> u64 {
        let sorters: usize = self.sorters.iter().map(Sorter::bytes).sum();
        let tables: usize = self
            .scratch
            .iter()
            .map(|scratch| lock(scratch).bytes())
            .sum();
        (sorters + tables + self.fresh.bytes()) as u64
    }

    /// Appends to `kept` the positions of `units` whose fingerprints the shelves take as new.
    ///
    /// Every position must have a whole unit.
    pub(super) fn keep_first<S: Shelf>(
        &mut self,
        shelves: &mut [S],
        units: Units<'_>,
        kept: &mut Vec<u32>,
    ) {
        let threads = rayon::current_num_threads();
        self.scratch
            .resize_with(threads.max(self.scratch.len()), || {
                Mutex::new(Scratch::new())
            });
        let workers = |at: &[u32]| match at.len() < MIN_PARALLEL {
            true => 1,
            false => threads,
        };
        for at in units.at.chunks(BLOCK) {
            self.keep_first_of_block(shelves, Units { at, ..units }, workers(at), kept);
        }
    }

    fn keep_first_of_block<S: Shelf>(
        &mut self,
        shelves: &mut [S],
        units: Units<'_>,
        workers: usize,
        kept: &mut Vec<u32>,
    ) {
        let bits = (units.at.len().ilog2().saturating_sub(10))
            .clamp(SHELF_BITS, SHELF_BITS + MAX_PART_BITS);
        let share = units.at.len().div_ceil(workers);
        let shares = units.at.len().div_ceil(share);
        self.sorters
            .resize_with(shares.max(self.sorters.len()), Sorter::new);
        let sorters = &mut self.sorters[..shares];
        let sort = |(sorter, at): (&mut Sorter, _)| sorter.sort(Units { at, ..units }, bits);
        if workers == 1 {
            sorters
                .iter_mut()
                .zip(units.at.chunks(share))
                .for_each(sort);
        } else {
            sorters
                .par_iter_mut()
                .zip(units.at.par_chunks(share))
                .for_each(sort);
        }

        let arriving = number_bits(sorters, bits);
        let words: usize = arriving.iter().map(|count| count.div_ceil(64)).sum();
        self.fresh.reserve(words + 1);
        let fresh = &mut self.fresh.view_mut::<u64>()[..=words];
        fresh[words] = 0;
        let mut rest = &mut fresh[..];
        let tasks: Vec<_> = shelves
            .iter_mut()
            .zip(&arriving)
            .enumerate()
            .map(|(shelf, (owner, &count))| {
                let (mine, others) = std::mem::take(&mut rest).split_at_mut(count.div_ceil(64));
                rest = others;
                (shelf, owner, count, mine)
            })
            .collect();
        let (sorted, scratches) = (&*sorters, &self.scratch);
        let admit = |(shelf, owner, count, mine): (usize, &mut S, usize, &mut [u64])| {
            if count == 0 {
                return;
            }
            let mut writer = BitWriter::new(mine);
            let worker = rayon::current_thread_index().unwrap_or(0) % scratches.len();
            let mut scratch = lock(&scratches[worker]);
            let part_bits = bits - SHELF_BITS;
            let arrivals = Arrivals {
                sorters: sorted,
                shelf,
                count,
                part_bits,
            };
            owner.admit(arrivals, &mut writer, &mut scratch);
            writer.flush();
        };
        if workers == 1 {
            tasks.into_iter().for_each(admit);
        } else {
            tasks.into_par_iter().for_each(admit);
        }

        let fresh = &*fresh;
        if workers == 1 {
            for (sorter, at) in sorters.iter_mut().zip(units.at.chunks(share)) {
                sorter.collect(at, fresh, kept);
            }
        } else {
            let lists: Vec<Vec<u32>> = sorters
                .par_iter_mut()
                .zip(units.at.par_chunks(share))
                .map(|(sorter, at)| {
                    let mut list = Vec::with_capacity(at.len());
                    sorter.collect(at, fresh, &mut list);
                    list
                })
                .collect();
            lists.iter().for_each(|list| kept.extend_from_slice(list));
        }
    }
}

fn lock(scratch: &Mutex<Scratch>) -> std::sync::MutexGuard<'_, Scratch> {
    scratch
        .lock()
        .expect("no worker panics with the scratch memory in hand")
}

/// Gives every item its place in the answers: shelves start at whole words, and within one the
/// order is that of [`Arrivals::pieces`]. Returns the number of items of each shelf.
fn number_bits(sorters: &mut [Sorter], bits: u32) -> [usize; SHELVES] {
    let parts = 1 << (bits - SHELF_BITS);
    let mut arriving = [0; SHELVES];
    let mut base = 0;
    for (shelf, count) in arriving.iter_mut().enumerate() {
        for partition in shelf * parts..(shelf + 1) * parts {
            for sorter in &mut *sorters {
                sorter.cursors[partition] = base + *count as u32;
                *count += sorter.items(partition).len();
            }
        }
        base += count.next_multiple_of(64) as u32;
    }
    for sorter in sorters {
        sorter.cursors[1 << bits] = base;
    }
    arriving
}
