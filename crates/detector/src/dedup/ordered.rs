//! A hash table that is nearly full, and still finds out early that something is absent.

use std::hint::black_box;

use super::item::Item;
use super::pages::Pages;
use super::shelf::{Arrivals, BitWriter, Scratch, Shelf};

/// Open addressing with linear probing in which all items stand in descending order, so that a
/// search for an absent item ends early even in a nearly full table.
///
/// Item `v` lies in the slot ⌊¬v · homes / 2⁶⁴⌋ or after it, with no empty slot (0) between. The
/// last slot is always empty. (Amble and Knuth 1974, "Ordered hash tables".)
pub(super) struct OrderedTable {
    slots: Pages,
    homes: usize,
    held: usize,
}

/// Share of the homes that are filled after many items arrived at once…
const PACKED: (usize, usize) = (7, 8);
/// …and before few arrive…
const ROOMY: (usize, usize) = (13, 16);
/// …and taken as full at this one.
const FULL: (usize, usize) = (23, 25);
/// Scratch tables have this many slots for each item.
const ROOM: usize = 3;
/// With fewer arrivals than the held items divided by this, the packed table is used directly.
const FEW: usize = 32;
/// Slots after the last home, to begin with.
const TAIL: usize = 64;
/// Items whose first slots are loaded together, to wait for memory once.
const TOUCH: usize = 16;

impl Shelf for OrderedTable {
    fn admit(&mut self, arrivals: Arrivals<'_>, fresh: &mut BitWriter<'_>, scratch: &mut Scratch) {
        let fits = self.fits(self.held + arrivals.count);
        if !fits && arrivals.count * FEW > self.held {
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
    pub(super) fn new() -> Self {
        Self {
            slots: Pages::EMPTY,
            homes: 0,
            held: 0,
        }
    }

    /// Items held.
    pub(super) fn len(&self) -> usize {
        self.held
    }

    /// Bytes of memory taken.
    pub(super) fn bytes(&self) -> usize {
        self.slots.bytes() + size_of::<Self>()
    }

    fn fits(&self, count: usize) -> bool {
        count * FULL.1 <= self.homes * FULL.0
    }

    fn admit_in_place(&mut self, items: &[Item], fresh: &mut BitWriter<'_>) {
        for group in items.chunks(TOUCH) {
            let slots = self.slots.view::<Item>();
            let homes = self.homes;
            black_box(
                group
                    .iter()
                    .fold(0, |sum, &item| sum ^ slots[home(item, homes)]),
            );
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
        self.homes = pack(&list.view()[..count], ROOMY, &mut self.slots);
    }

    /// Spreads the items held over a roomy table, one part after the other, adds what arrives, and
    /// packs them again.
    fn admit_many(
        &mut self,
        arrivals: Arrivals<'_>,
        fresh: &mut BitWriter<'_>,
        scratch: &mut Scratch,
    ) {
        let most = self.held + arrivals.count;
        let skip = arrivals.part_bits;
        let homes = ((most * ROOM) >> skip) + TAIL;
        // However the items lie, they end within this; what is not reached is never touched.
        scratch.zeros.reserve(homes + most + 1);
        scratch.list.reserve(most + 1);
        let wide = scratch.zeros.view_mut::<Item>();
        let list = scratch.list.view_mut::<Item>();
        let mut held = self.slots.view::<Item>();
        let mut count = 0;
        for part in 0..1 << skip {
            let (read, mut reach) = spread(held, arrivals.floor(part), wide, homes, skip);
            held = &held[read..];
            for items in arrivals.part(part) {
                reach = reach.max(add(items, wide, homes, skip, fresh));
            }
            count += compress(&wide[..reach], &mut list[count..]);
            wide[..reach].fill(0);
        }
        self.held = count;
        self.homes = pack(&list[..count], PACKED, &mut self.slots);
    }
}

#[inline(always)]
fn home(item: Item, homes: usize) -> usize {
    ((u128::from(!item) * homes as u128) >> 64) as usize
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

/// Copies the items down to `floor` from a packed table to a wide one. Returns how many slots were
/// read and how far the wide table was used.
#[inline(never)]
fn spread(
    held: &[Item],
    floor: Item,
    wide: &mut [Item],
    homes: usize,
    skip: u32,
) -> (usize, usize) {
    let mut reach = 0;
    for (read, &item) in held.iter().enumerate() {
        if item != 0 && item < floor {
            return (read, reach);
        }
        let at = if item == 0 {
            reach
        } else {
            reach.max(wide_home(item, homes, skip))
        };
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
        // The first step without a branch, because its outcome cannot be foretold.
        at += usize::from((wide[at] != 0) & (wide[at] != item));
        while (wide[at] != 0) & (wide[at] != item) {
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
    ((u128::from(!item << skip) * homes as u128) >> 64) as usize
}

/// Makes a table of items that come in descending order but for neighbours. Returns its homes.
#[inline(never)]
fn pack(items: &[Item], load: (usize, usize), pages: &mut Pages) -> usize {
    let homes = (items.len() * load.1).div_ceil(load.0);
    let mut slots = pages.zeros(homes + TAIL);
    let mut next = 0;
    let mut last = Item::MAX;
    for &item in items {
        if next + TAIL / 2 >= slots.len() {
            let more = slots.len() / 8 + TAIL;
            pages.lengthen(more);
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
    homes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The law that look-ups rest on: descending, no gap between an item's home and its slot.
    fn assert_ordered(slots: &[Item], homes: usize) {
        let mut last = Item::MAX;
        for (at, &item) in slots.iter().enumerate().filter(|&(_, &item)| item != 0) {
            assert!(item <= last, "slot {at} is out of order");
            last = item;
            let from = home(item, homes);
            assert!(
                from <= at && slots[from..at].iter().all(|&slot| slot != 0),
                "gap before {at}"
            );
        }
        assert_eq!(slots.last(), Some(&0));
    }

    proptest! {
        #[test]
        fn packing_orders_items_that_are_out_of_order(
            mut items in prop::collection::hash_set(1u64.., 1..400),
            close in prop::collection::hash_set(1u64..1_000, 0..400),
            window in 1usize..50,
        ) {
            items.extend(close);
            let mut items: Vec<u64> = items.into_iter().collect();
            items.sort_unstable_by(|a, b| b.cmp(a));
            let sorted = items.clone();
            items.chunks_mut(window).for_each(<[u64]>::reverse);
            let mut pages = Pages::EMPTY;
            let homes = pack(&items, PACKED, &mut pages);
            assert_ordered(pages.view(), homes);
            let held: Vec<u64> = pages.view().iter().copied().filter(|&item| item != 0).collect();
            prop_assert_eq!(held, sorted);
        }

        #[test]
        fn a_full_table_takes_more_and_stays_in_order(
            first in prop::collection::hash_set(1u64.., 1..200),
            then in prop::collection::vec(prop_oneof![1u64..500, 1u64..], 0..200),
        ) {
            let mut model = first.clone();
            let mut first: Vec<u64> = first.into_iter().collect();
            first.sort_unstable_by(|a, b| b.cmp(a));
            let mut table = OrderedTable { held: first.len(), ..OrderedTable::new() };
            table.homes = pack(&first, PACKED, &mut table.slots);
            for item in then {
                prop_assert_eq!(table.insert(item), model.insert(item));
                assert_ordered(table.slots.view(), table.homes);
            }
            prop_assert_eq!(table.len(), model.len());
        }
    }
}
