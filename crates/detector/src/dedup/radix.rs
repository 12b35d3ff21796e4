//! Brings fingerprints to the shelves that hold them, and the answers back into stream order.
//!
//! A block of positions is partitioned by the top bits of its fingerprints, stably, so that each
//! part of a large table is worked on while it lies in the cache. Every shelf owns a range of
//! fingerprints and sees its own in stream order; what it answers therefore depends neither on the
//! block length nor on the number of threads.

use std::sync::Mutex;

use rayon::prelude::*;

use super::fingerprint::fingerprint;
use super::pages::Pages;
use super::Units;

/// Fingerprints are shelved by this many top bits.
pub(super) const SHELF_BITS: u32 = 6;
/// Number of shelves.
pub(super) const SHELVES: usize = 1 << SHELF_BITS;
/// A shelf is worked on in up to 2^5 parts.
const MAX_PARTITION_BITS: u32 = 11;
/// Positions that are partitioned together: half the number of units held, within these bounds.
/// A block costs 10 bytes of scratch memory for each position.
const MIN_BLOCK: usize = 1 << 20;
const MAX_BLOCK: usize = 1 << 24;
/// Below this many positions a second thread costs more than it brings.
const MIN_PARALLEL: usize = 1 << 15;
/// Fingerprints that each worker remembers, so that frequent units do not crowd one partition.
const RECENT: usize = 1 << 15;

/// A fingerprint within its shelf: the complement of what follows the shelf's bits. Never zero.
pub(super) type Item = u64;

/// The owner of a range of fingerprints.
pub(super) trait Shelf: Send {
    /// Decides for `arrivals`, one after the other, whether they are new, and writes one bit each.
    fn admit(&mut self, arrivals: Arrivals<'_>, fresh: &mut BitWriter<'_>, scratch: &mut Scratch);
}

/// The items of a block that belong to one shelf, in parts: ranges of equal size.
///
/// Part 0 has the smallest fingerprints, hence the largest items.
#[derive(Clone, Copy)]
pub(super) struct Arrivals<'a> {
    sorters: &'a [Sorter],
    shelf: usize,
    count: usize,
    part_bits: u32,
}

impl<'a> Arrivals<'a> {
    /// Number of items in all parts.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The binary logarithm of the number of parts.
    pub(super) fn part_bits(&self) -> u32 {
        self.part_bits
    }

    /// The smallest item that a part may hold.
    pub(super) fn floor(&self, part: usize) -> Item {
        !((part as u64) << ((64 - self.part_bits) % 64) | u64::MAX >> self.part_bits)
    }

    /// The items of a part in stream order, in one piece for each thread that sorted.
    pub(super) fn part(self, part: usize) -> impl Iterator<Item = &'a [Item]> {
        let partition = (self.shelf << self.part_bits) + part;
        self.sorters.iter().map(move |sorter| sorter.items(partition))
    }

    /// Everything, part by part.
    pub(super) fn pieces(self) -> impl Iterator<Item = &'a [Item]> {
        (0..1 << self.part_bits).flat_map(move |part| self.part(part))
    }
}

/// Memory of one worker that shelves use as they like; only `zeros` must be left as found.
pub(super) struct Scratch {
    pub(super) zeros: Pages,
    pub(super) list: Pages,
}

impl Scratch {
    fn new() -> Self {
        Self { zeros: Pages::EMPTY, list: Pages::EMPTY }
    }
}

/// Writes bits one by one into whole words.
pub(super) struct BitWriter<'a> {
    words: std::slice::IterMut<'a, u64>,
    word: u64,
    filled: u32,
}

impl<'a> BitWriter<'a> {
    fn new(words: &'a mut [u64]) -> Self {
        Self { words: words.iter_mut(), word: 0, filled: 0 }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, bit: bool) {
        self.word |= u64::from(bit) << self.filled;
        self.filled += 1;
        if self.filled == u64::BITS {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.filled > 0 {
            *self.words.next().expect("the caller counted the bits") = self.word;
        }
        self.word = 0;
        self.filled = 0;
    }
}

/// The partitioner with its scratch memory.
pub(super) struct Radix {
    sorters: Vec<Sorter>,
    fresh: Pages,
    scratch: Vec<Mutex<Scratch>>,
}

impl Radix {
    pub(super) fn new() -> Self {
        Self { sorters: Vec::new(), fresh: Pages::EMPTY, scratch: Vec::new() }
    }

    /// Bytes of memory that could be dropped between calls.
    pub(super) fn scratch_bytes(&mut self) -> u64 {
        let sorters: usize = self.sorters.iter().map(Sorter::bytes).sum();
        let tables: usize =
            self.scratch.iter_mut().map(|s| s.get_mut().map_or(0, |s| s.zeros.bytes() + s.list.bytes())).sum();
        (sorters + tables + self.fresh.bytes()) as u64
    }

    /// Appends to `kept` the positions of `units` whose fingerprints the shelves take as new.
    ///
    /// Every position must have a whole unit.
    pub(super) fn keep_first<S: Shelf>(
        &mut self,
        shelves: &mut [S],
        held: usize,
        units: Units<'_>,
        kept: &mut Vec<u32>,
    ) {
        let threads = rayon::current_num_threads();
        self.scratch.resize_with(threads.max(self.scratch.len()), || Mutex::new(Scratch::new()));
        let block = (held / 2).clamp(MIN_BLOCK, MAX_BLOCK);
        for at in units.at.chunks(block) {
            let workers = if at.len() < MIN_PARALLEL { 1 } else { threads };
            self.keep_first_of_block(shelves, Units { at, ..units }, workers, kept);
        }
    }

    fn keep_first_of_block<S: Shelf>(
        &mut self,
        shelves: &mut [S],
        units: Units<'_>,
        workers: usize,
        kept: &mut Vec<u32>,
    ) {
        let bits = (units.at.len().ilog2().saturating_sub(8)).clamp(SHELF_BITS, MAX_PARTITION_BITS);
        let share = units.at.len().div_ceil(workers);
        let shares = units.at.len().div_ceil(share);
        self.sorters.resize_with(shares.max(self.sorters.len()), Sorter::new);
        let sorters = &mut self.sorters[..shares];
        let sort = |(sorter, at): (&mut Sorter, _)| sorter.sort(Units { at, ..units }, bits);
        if workers == 1 {
            sorters.iter_mut().zip(units.at.chunks(share)).for_each(sort);
        } else {
            sorters.par_iter_mut().zip(units.at.par_chunks(share)).for_each(sort);
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
            let mut scratch = scratches[worker].lock().expect("no worker panics");
            let part_bits = bits - SHELF_BITS;
            let arrivals = Arrivals { sorters: sorted, shelf, count, part_bits };
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

/// Partitions one share of a block, and puts its answers back in order.
struct Sorter {
    recent: Vec<u64>,
    /// The partition of each position; `partitions` for a unit that was seen just before.
    partition: Pages,
    items: Pages,
    /// Where each partition starts in `items`.
    starts: Vec<u32>,
    /// The next answer of each partition.
    cursors: Vec<u32>,
}

impl Sorter {
    fn new() -> Self {
        Self {
            // No value lies in its own slot, so nothing is remembered yet.
            recent: (0..RECENT as u64).map(|slot| !slot).collect(),
            partition: Pages::EMPTY,
            items: Pages::EMPTY,
            starts: Vec::new(),
            cursors: Vec::new(),
        }
    }

    fn bytes(&self) -> usize {
        self.recent.len() * 8 + self.partition.bytes() + self.items.bytes()
    }

    fn items(&self, partition: usize) -> &[Item] {
        let (start, end) = (self.starts[partition], self.starts[partition + 1]);
        &self.items.view()[start as usize..end as usize]
    }

    fn sort(&mut self, units: Units<'_>, bits: u32) {
        match units.window {
            0 => self.sort_by::<1>(units, bits),
            1 => self.sort_by::<2>(units, bits),
            2 => self.sort_by::<3>(units, bits),
            3 => self.sort_by::<4>(units, bits),
            4 => self.sort_by::<5>(units, bits),
            _ => self.sort_by::<0>(units, bits),
        }
    }

    fn sort_by<const LEN: usize>(&mut self, units: Units<'_>, bits: u32) {
        let partitions = 1 << bits;
        self.partition.reserve(units.at.len().div_ceil(4));
        let partition = &mut self.partition.view_mut::<u16>()[..units.at.len()];
        let recent: &mut [u64; RECENT] =
            self.recent.as_mut_slice().try_into().expect("made with this length");
        let counts = &mut self.cursors;
        counts.clear();
        counts.resize(partitions + 1, 0);
        for (&position, partition) in units.at.iter().zip(&mut *partition) {
            let print = fingerprint(units.unit::<LEN>(position));
            let slot = &mut recent[print as usize % RECENT];
            let to = if *slot == print { partitions } else { (print >> (64 - bits)) as usize };
            *slot = print;
            *partition = to as u16;
            counts[to] += 1;
        }

        self.starts.clear();
        let mut start = 0;
        for cursor in &mut counts[..partitions] {
            self.starts.push(start);
            start += *cursor;
            *cursor = start - *cursor;
        }
        self.starts.push(start);
        // What was seen just before goes to a place of its own that nobody reads.
        counts[partitions] = start;
        self.items.reserve(start as usize + 1);
        let items = &mut self.items.view_mut::<Item>()[..=start as usize];
        for (&position, &partition) in units.at.iter().zip(&*partition) {
            // Computed again: cheaper than to write the fingerprints and read them back.
            let print = fingerprint(units.unit::<LEN>(position));
            let cursor = &mut counts[usize::from(partition)];
            items[*cursor as usize] = !(print << SHELF_BITS);
            *cursor += u32::from(usize::from(partition) != partitions);
        }
    }

    /// Appends the positions whose answer is yes.
    fn collect(&mut self, at: &[u32], fresh: &[u64], kept: &mut Vec<u32>) {
        const CHUNK: usize = 1024;
        let partition = &self.partition.view::<u16>()[..at.len()];
        let cursors = self.cursors.as_mut_slice();
        let seen_before = cursors.len() - 1;
        let mut chosen = [0; CHUNK + 1];
        for (at, partition) in at.chunks(CHUNK).zip(partition.chunks(CHUNK)) {
            let mut count = 0;
            for (&position, &partition) in at.iter().zip(partition) {
                let cursor = &mut cursors[usize::from(partition)];
                let yes = fresh[*cursor as usize / 64] >> (*cursor % 64) & 1;
                *cursor += u32::from(usize::from(partition) != seen_before);
                chosen[count] = position;
                count += yes as usize;
            }
            kept.extend_from_slice(&chosen[..count]);
        }
    }
}
