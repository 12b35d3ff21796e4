//! `randperm`: the whole of it, its first elements, and whether they hold a token.

use alloc::vec::Vec;

use super::divisor::Divisor;
use super::generator::TorchRng;
use super::lane::CHUNK;

/// The whole of `randperm(n)` under `manual_seed(seed)`.
///
/// # Panics
/// When `n` is above [`Shuffle::MAX_ITEMS`].
#[must_use]
pub fn randperm(n: u32, seed: u64) -> Vec<u32> {
    assert!(n <= Shuffle::MAX_ITEMS, "{n} items are too many");
    let mut rng = TorchRng::new(seed);
    let mut items: Vec<u32> = (0..n).collect();
    for i in 0..n.saturating_sub(1) {
        let other = i + rng.next_u32() % (n - i);
        items.swap(i as usize, other as usize);
    }
    items
}

/// The first steps of `randperm(n)`, prepared once for many seeds: the divisions by n − i become
/// multiplications.
#[derive(Clone, Debug)]
pub struct Shuffle {
    items: u32,
    count: u32,
    /// ⌈2⁶⁴/(n − i)⌉ for each step i.
    inverses: Vec<u64>,
    /// n − i for each step i, and ones that make the last chunk full.
    divisors: Vec<[Divisor; CHUNK]>,
}

impl Shuffle {
    /// The largest n: from the next on, torch draws otherwise.
    pub const MAX_ITEMS: u32 = u32::MAX / 20 - 1;

    /// The steps that settle the first `count` elements of `randperm(items)`.
    ///
    /// # Panics
    /// When `items` is above [`MAX_ITEMS`](Self::MAX_ITEMS), or `count` above `items`.
    #[must_use]
    pub fn new(items: u32, count: u32) -> Self {
        assert!(items <= Self::MAX_ITEMS, "{items} items are too many");
        assert!(count <= items, "{count} of {items} items");
        let steps = count.min(items.saturating_sub(1));
        let inverses = (0..steps).map(|i| u64::MAX / u64::from(items - i) + 1);
        let divisor = |i: usize| Divisor::new((items - steps.min(i as u32)).max(1));
        let chunks = 0..(steps as usize).div_ceil(CHUNK);
        let chunk = |chunk| core::array::from_fn(|step| divisor(chunk * CHUNK + step));
        Self {
            items,
            count,
            inverses: inverses.collect(),
            divisors: chunks.map(chunk).collect(),
        }
    }

    /// n.
    #[must_use]
    pub fn items(&self) -> u32 {
        self.items
    }

    /// How many steps settle them.
    pub(crate) fn steps(&self) -> u32 {
        self.inverses.len() as u32
    }

    /// The divisors of the steps, in chunks.
    pub(crate) fn divisors(&self) -> &[[Divisor; CHUNK]] {
        &self.divisors
    }

    /// How many elements are settled.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The first elements of the permutation that `rng` gives next, in `scratch`, which is put in
    /// order first at the cost of what the last call moved.
    ///
    /// # Panics
    /// When `scratch` is for another n.
    pub fn prefix<'a>(&self, rng: &mut TorchRng, scratch: &'a mut Permutation) -> &'a [u32] {
        assert_eq!(scratch.items.len(), self.items as usize, "items to permute");
        scratch.restore();
        for (i, other) in self.swaps(rng) {
            scratch.items.swap(i as usize, other as usize);
            scratch.touched.push(other);
        }
        &scratch.items[..self.count as usize]
    }

    /// Whether `item` is among the first elements of the permutation that `rng` gives next. Leaves
    /// `rng` at no particular place.
    #[must_use]
    pub fn contains(&self, rng: &mut TorchRng, item: u32) -> bool {
        if item >= self.items {
            return false;
        }
        // Where the item is now. A swap moves it when it is on either side; once a step has
        // passed its place, it stays.
        let mut place = item;
        for (i, other) in self.swaps(rng) {
            if other == place {
                return true;
            }
            if i == place {
                place = other;
            }
        }
        place < self.count
    }

    /// The swaps: (i, i + u32 mod (n − i)).
    #[inline]
    fn swaps<'a>(&'a self, rng: &'a mut TorchRng) -> impl Iterator<Item = (u32, u32)> + 'a {
        (0..).zip(&self.inverses).map(|(i, &inverse)| {
            let word = rng.next_u32();
            // Exact: the inverse exceeds 2^64/d by less than 1, so the product over 2^64 exceeds
            // word/d by less than 2^-32, and word/d is at least 1/d > 2^-28 below the next whole
            // number.
            let quotient = ((u128::from(word) * u128::from(inverse)) >> 64) as u32;
            (i, i + (word - quotient * (self.items - i)))
        })
    }
}

/// The array that [`Shuffle::prefix`] permutes, for reuse.
#[derive(Clone, Debug)]
pub struct Permutation {
    items: Vec<u32>,
    /// Places beyond the prefix that were swapped with it, in order.
    touched: Vec<u32>,
}

impl Permutation {
    /// 0, 1, …, `n` − 1.
    #[must_use]
    pub fn new(n: u32) -> Self {
        Self {
            items: (0..n).collect(),
            touched: Vec::new(),
        }
    }

    fn restore(&mut self) {
        for (i, other) in self.touched.drain(..).enumerate() {
            self.items[i] = i as u32;
            self.items[other as usize] = other;
        }
    }
}
