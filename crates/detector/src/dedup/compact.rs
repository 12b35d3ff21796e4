//! The default set: 64-bit fingerprints in ordered tables.

use std::hint::black_box;

use super::pages::Pages;
use super::radix::{Arrivals, BitWriter, Item, Radix, SHELVES, Scratch, Shelf};
use super::{Dedup, DedupError, Units};

/// A set of 64-bit fingerprints, 8.7 to 9.5 bytes for each distinct unit once there are many.
///
/// # Cost
/// A call with many units (a sixteenth of those held, or more) spreads the set over roomy scratch
/// tables, part by part in the cache, and packs it again; a smaller call looks units up in the
/// packed tables directly. Work is proportional to the units given in either case, so any block
/// length is sound. Fastest are calls of 2²⁰ units or more.
///
/// # Collisions
/// Units of one or two ids have distinct fingerprints. For longer ones the expected number of
/// false merges among n distinct units is at most n(n−1)/2⁶⁵ (one for each of the n(n−1)/2 pairs,
/// with probability 2⁻⁶⁴: the birthday bound): 2.7e-4 for 10⁸ units.
pub struct Compact {
    window: usize,
    shelves: Vec<OrderedTable>,
    radix: Radix,
}

impl Compact {
    /// An empty set for units with `window` ids before the last.
    #[must_use]
    pub fn new(window: usize) -> Self {
        let shelves = std::iter::repeat_with(OrderedTable::new).take(SHELVES).collect();
        Self { window, shelves, radix: Radix::new() }
    }

    /// Bytes of memory that could be dropped between calls.
    pub fn scratch_bytes(&mut self) -> u64 {
        self.radix.scratch_bytes()
    }
}

impl Dedup for Compact {
    fn keep_first(&mut self, units: Units<'_>, kept: &mut Vec<u32>) -> Result<(), DedupError> {
        units.check(self.window)?;
        let held = self.entries() as usize;
        self.radix.keep_first(&mut self.shelves, held, units, kept);
        Ok(())
    }

    fn entries(&self) -> u64 {
        self.shelves.iter().map(|shelf| shelf.held as u64).sum()
    }

    fn state_bytes(&self) -> u64 {
        let tables: usize = self.shelves.iter().map(|shelf| shelf.slots.bytes()).sum();
        (tables + size_of_val(self.shelves.as_slice())) as u64
    }

    fn expected_drops(&self) -> f64 {
        if self.window <= 1 {
            return 0.0;
        }
        let distinct = self.entries() as f64;
        distinct * (distinct - 1.0).max(0.0) * (-65f64).exp2()
    }
}

/// Share of the homes that are filled after many items arrived at once…
const PACKED: (usize, usize) = (7, 8);
/// …and before few arrive…
const ROOMY: (usize, usize) = (13, 16);
/// …and taken as full at this one.
const FULL: (usize, usize) = (23, 25);
/// Scratch tables have this many slots for each item.
const ROOM: usize = 2;
/// With fewer arrivals than the held items divided by this, the packed table is used directly.
const FEW: usize = 16;
/// Slots after the last home, to begin with.
const TAIL: usize = 64;
/// Items whose first slots are loaded together, to wait for memory once.
const TOUCH: usize = 16;

/// Open addressing with linear probing in which all items stand in descending order, so that a
/// search for an absent item ends early even in a nearly full table.
///
/// Item `v` lies in the slot ⌊¬v · homes / 2⁶⁴⌋ or after it, with no empty slot (0) between. The
/// last slot is always empty. (Amble and Knuth 1974, "Ordered hash tables".)
struct OrderedTable {
    slots: Pages,
    homes: usize,
    held: usize,
}

#[inline(always)]
fn home(item: Item, homes: usize) -> usize {
    (u128::from(!item) * homes as u128 >> 64) as usize
}

/// Where `item` is, or else where it belongs.
#[inline(always)]
fn find(slots: &[Item], homes: usize, item: Item) -> Result<usize, usize> {
    let mut at = home(item, homes);
    while slots[at] > item {
        at += 1;
    }
    if slots[at] == item { Ok(at) } else { Err(at) }
}

#[inline(always)]
fn first_empty(slots: &[Item], from: usize) -> usize {
    let taken = slots[from..].iter().position(|&slot| slot == 0);
    from + taken.expect("the last slot is empty")
}

impl Shelf for OrderedTable {
    fn admit(&mut self, arrivals: Arrivals<'_>, fresh: &mut BitWriter<'_>, scratch: &mut Scratch) {
        let fits = self.fits(self.held + arrivals.count());
        if !fits && arrivals.count() * FEW > self.held {
            return self.admit_many(arrivals, fresh, scratch);
        }
        if !fits {
            self.repack();
        }
        for items in arrivals.pieces() {
            self.admit_in_place(items, fresh);
        }
    }
}

impl OrderedTable {
    fn new() -> Self {
        Self { slots: Pages::zeroed(1), homes: 0, held: 0 }
    }

    fn fits(&self, count: usize) -> bool {
        count * FULL.1 <= self.homes * FULL.0
    }

    fn admit_in_place(&mut self, items: &[Item], fresh: &mut BitWriter<'_>) {
        for group in items.chunks(TOUCH) {
            let slots = self.slots.view::<Item>();
            let homes = self.homes;
            black_box(group.iter().fold(0, |sum, &item| sum ^ slots[home(item, homes)]));
            for &item in group {
                fresh.push(self.insert(item));
            }
        }
    }

    /// Whether `item` was absent; it is present afterwards.
    fn insert(&mut self, item: Item) -> bool {
        let slots = self.slots.view_mut::<Item>();
        let Err(at) = find(slots, self.homes, item) else {
            return false;
        };
        let end = first_empty(slots, at);
        if end + 1 == slots.len() {
            self.repack();
            return self.insert(item);
        }
        slots.copy_within(at..end, at + 1);
        slots[at] = item;
        self.held += 1;
        true
    }

    /// Gives a packed table the room for new items again.
    fn repack(&mut self) {
        let held = self.slots.view::<Item>();
        let mut list = Pages::EMPTY;
        list.reserve(self.held + 1);
        let count = compress(held, list.view_mut());
        (self.slots, self.homes) = pack(&list.view()[..count], ROOMY);
    }

    /// Spreads the items held over a roomy table, one part after the other, adds what arrives, and
    /// packs them again.
    fn admit_many(
        &mut self,
        arrivals: Arrivals<'_>,
        fresh: &mut BitWriter<'_>,
        scratch: &mut Scratch,
    ) {
        let most = self.held + arrivals.count();
        let homes = (most * ROOM >> arrivals.part_bits()) + TAIL;
        // However the items lie, they end within this; what is not reached is never touched.
        scratch.zeros.reserve(homes + most + 1);
        scratch.list.reserve(most + 1);
        let wide = scratch.zeros.view_mut::<Item>();
        let list = scratch.list.view_mut::<Item>();
        let mut held = self.slots.view::<Item>();
        let mut count = 0;
        for part in 0..1 << arrivals.part_bits() {
            let end = spread(held, arrivals.floor(part), wide, homes, arrivals.part_bits());
            held = &held[end.0..];
            let mut reach = end.1;
            for items in arrivals.part(part) {
                reach = reach.max(add(items, wide, homes, arrivals.part_bits(), fresh));
            }
            count += compress(&wide[..reach], &mut list[count..]);
            wide[..reach].fill(0);
        }
        self.held = count;
        self.slots = Pages::EMPTY;
        (self.slots, self.homes) = pack(&list[..count], PACKED);
    }
}

/// Copies the items down to `floor` from a packed table to a wide one. Returns how many slots were
/// read and how far the wide table was used.
#[inline(never)]
fn spread(held: &[Item], floor: Item, wide: &mut [Item], homes: usize, skip: u32) -> (usize, usize) {
    let mut reach = 0;
    for (read, &item) in held.iter().enumerate() {
        if item != 0 && item < floor {
            return (read, reach);
        }
        let at = if item == 0 { reach } else { reach.max(wide_home(item, homes, skip)) };
        wide[at] = item;
        reach = at + usize::from(item != 0);
    }
    (held.len(), reach)
}

/// Adds items to a wide table and tells which were absent. Returns how far the table was used.
#[inline(never)]
fn add(
    items: &[Item],
    wide: &mut [Item],
    homes: usize,
    skip: u32,
    fresh: &mut BitWriter<'_>,
) -> usize {
    let mut reach = 0;
    for &item in items {
        let mut at = wide_home(item, homes, skip);
        while wide[at] != 0 && wide[at] != item {
            at += 1;
        }
        fresh.push(wide[at] == 0);
        wide[at] = item;
        reach = reach.max(at + 1);
    }
    reach
}

/// Copies what is not empty. Returns how many that were.
#[inline(never)]
fn compress(slots: &[Item], list: &mut [Item]) -> usize {
    let mut count = 0;
    for &item in slots {
        list[count] = item;
        count += usize::from(item != 0);
    }
    count
}

/// The home of an item in a table for one part of a shelf.
#[inline(always)]
fn wide_home(item: Item, homes: usize, skip: u32) -> usize {
    (u128::from(!item << skip) * homes as u128 >> 64) as usize
}

/// A table of items that come in descending order but for neighbours: its slots and homes.
#[inline(never)]
fn pack(items: &[Item], load: (usize, usize)) -> (Pages, usize) {
    let homes = (items.len() * load.1).div_ceil(load.0);
    let mut pages = Pages::zeroed(homes + TAIL);
    let mut slots = pages.view_mut::<Item>();
    let mut next = 0;
    let mut last = Item::MAX;
    for &item in items {
        if next + TAIL / 2 >= slots.len() {
            let more = slots.len() / 8 + TAIL;
            pages = pages.lengthened(more);
            slots = pages.view_mut();
        }
        if item > last {
            let at = find(slots, homes, item).expect_err("items to pack are distinct");
            let end = first_empty(slots, at);
            slots.copy_within(at..end, at + 1);
            slots[at] = item;
            next = next.max(end + 1);
        } else {
            let at = next.max(home(item, homes));
            slots[at] = item;
            next = at + 1;
            last = item;
        }
    }
    (pages, homes)
}
