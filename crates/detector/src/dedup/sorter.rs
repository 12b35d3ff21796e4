//! Partitions positions by their fingerprints.

use super::fingerprint::fingerprint;
use super::item::{Item, SHELF_BITS};
use super::pages::Pages;
use super::units::Units;

/// Fingerprints that each worker remembers, so that frequent units do not crowd one partition.
const RECENT: usize = 1 << 15;

/// Partitions one share of a block, and puts its answers back in order.
pub(super) struct Sorter {
    recent: Vec<u64>,
    /// The partition of each position; `partitions` for a unit that was seen just before.
    partition: Pages,
    items: Pages,
    /// Where each partition starts in `items`.
    starts: Vec<u32>,
    /// The next answer of each partition.
    pub(super) cursors: Vec<u32>,
}

impl Sorter {
    pub(super) fn new() -> Self {
        Self {
            // No value lies in its own slot, so nothing is remembered yet.
            recent: (0..RECENT as u64).map(|slot| !slot).collect(),
            partition: Pages::EMPTY,
            items: Pages::EMPTY,
            starts: Vec::new(),
            cursors: Vec::new(),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.recent.len() * 8 + self.partition.bytes() + self.items.bytes()
    }

    pub(super) fn items(&self, partition: usize) -> &[Item] {
        let (start, end) = (self.starts[partition], self.starts[partition + 1]);
        &self.items.view()[start as usize..end as usize]
    }

    pub(super) fn sort(&mut self, units: Units<'_>, bits: u32) {
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
        let recent: &mut [u64; RECENT] = self
            .recent
            .as_mut_slice()
            .try_into()
            .expect("made with this length");
        let counts = &mut self.cursors;
        counts.clear();
        counts.resize(partitions + 1, 0);
        for (&position, partition) in units.at.iter().zip(&mut *partition) {
            let print = fingerprint(units.unit::<LEN>(position));
            let slot = &mut recent[print as usize % RECENT];
            let to = if *slot == print {
                partitions
            } else {
                (print >> (64 - bits)) as usize
            };
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
    pub(super) fn collect(&mut self, at: &[u32], fresh: &[u64], kept: &mut Vec<u32>) {
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
