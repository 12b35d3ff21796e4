//! A draw without replacement, with chances in proportion to scores, in one pass.
//!
//! Efraimidis and Spirakis, "Weighted random sampling with a reservoir" (2006), algorithm A-Res: of all
//! items, keep those with the smallest −ln(u)/score, u uniform. Here u comes from the item's draw.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Up to `room` items of those that were offered.
pub(super) struct Pool<T> {
    room: usize,
    heap: BinaryHeap<Drawn<T>>,
}

struct Drawn<T> {
    key: f64,
    draw: u64,
    item: T,
}

impl<T> Pool<T> {
    pub(super) fn new(room: usize) -> Self {
        Self {
            room,
            heap: BinaryHeap::new(),
        }
    }

    /// Offers an item. Draws differ from each other and are uniform; items of no score come behind
    /// all others.
    pub(super) fn offer(&mut self, draw: u64, score: u64, item: T) {
        let uniform = ((draw >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        let key = -libm::log(uniform) / score as f64;
        let drawn = Drawn { key, draw, item };
        if self.heap.len() < self.room {
            self.heap.push(drawn);
        } else if let Some(mut last) = self.heap.peek_mut()
            && drawn < *last
        {
            *last = drawn;
        }
    }

    /// The items drawn, in the order of the draw.
    pub(super) fn drawn(self) -> Vec<T> {
        let sorted = self.heap.into_sorted_vec();
        sorted.into_iter().map(|drawn| drawn.item).collect()
    }
}

impl<T> Ord for Drawn<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let keys = self.key.total_cmp(&other.key);
        keys.then(self.draw.cmp(&other.draw))
    }
}

impl<T> PartialOrd for Drawn<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Drawn<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Drawn<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of scores 1, 2 and 4 one is drawn with chances 1/7, 2/7 and 4/7. False-alarm rate for a new
    /// seed: below 1e-6 (five standard deviations); the seed is fixed.
    #[test]
    fn chances_are_in_proportion_to_scores() {
        let mut times = [0_u32; 4];
        for round in 0..7_000 {
            let mut pool = Pool::new(1);
            for (item, score) in [(0, 1), (1, 2), (2, 4), (3, 0)] {
                pool.offer(super::super::draw(round, &[item]), score, item);
            }
            times[usize::from(pool.drawn()[0])] += 1;
        }
        for (found, expected) in times.into_iter().zip([1000, 2000, 4000_u32]) {
            assert!(found.abs_diff(expected) < 210, "{times:?}");
        }
        assert_eq!(times[3], 0);
    }

    #[test]
    fn the_order_of_offers_does_not_matter() {
        let items: Vec<u64> = (0..200).collect();
        let draw = |items: &[u64]| {
            let mut pool = Pool::new(20);
            for &item in items {
                let draw = super::super::draw(5, &item.to_le_bytes());
                pool.offer(draw, item % 5, item);
            }
            pool.drawn()
        };
        let forward = draw(&items);
        let backward: Vec<u64> = items.iter().rev().copied().collect();
        assert_eq!(forward.len(), 20);
        assert_eq!(draw(&backward), forward);
    }
}
