//! What owns a range of fingerprints, and how their items reach it.

use super::item::Item;
use super::pages::Pages;
use super::sorter::Sorter;

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
    pub(super) sorters: &'a [Sorter],
    pub(super) shelf: usize,
    /// Number of items in all parts.
    pub(super) count: usize,
    /// The binary logarithm of the number of parts.
    pub(super) part_bits: u32,
}

impl<'a> Arrivals<'a> {
    /// The smallest item that a part may hold.
    pub(super) fn floor(&self, part: usize) -> Item {
        !((part as u64) << ((64 - self.part_bits) % 64) | u64::MAX >> self.part_bits)
    }

    /// The items of a part in stream order, in one piece for each thread that sorted.
    pub(super) fn part(self, part: usize) -> impl Iterator<Item = &'a [Item]> {
        let partition = (self.shelf << self.part_bits) + part;
        self.sorters
            .iter()
            .map(move |sorter| sorter.items(partition))
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
    pub(super) fn new() -> Self {
        Self {
            zeros: Pages::EMPTY,
            list: Pages::EMPTY,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.zeros.bytes() + self.list.bytes()
    }
}

/// Writes bits one by one into whole words.
pub(super) struct BitWriter<'a> {
    words: std::slice::IterMut<'a, u64>,
    word: u64,
    filled: u32,
}

impl<'a> BitWriter<'a> {
    pub(super) fn new(words: &'a mut [u64]) -> Self {
        Self {
            words: words.iter_mut(),
            word: 0,
            filled: 0,
        }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, bit: bool) {
        self.word |= u64::from(bit) << self.filled;
        self.filled += 1;
        if self.filled == u64::BITS {
            self.flush();
        }
    }

    pub(super) fn flush(&mut self) {
        if self.filled > 0 {
            *self.words.next().expect("the caller counted the bits") = self.word;
        }
        self.word = 0;
        self.filled = 0;
    }
}
