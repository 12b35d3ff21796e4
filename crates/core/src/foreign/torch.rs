//! torch's CPU generator (`torch.Generator("cpu")`, checked against torch 2.6.0): the source of the
//! lists and tables of the marks that draw them with torch.
//!
//! - **generator**: MT19937 (Matsumoto and Nishimura 1998), seeded with the low 32 bits of the seed;
//! - **`randperm(n)`**: r = 0, 1, …, n − 1; for i = 0 … n − 2, swap r\[i\] with
//!   r\[i + u32 mod (n − i)\]. Later torch versions draw 64 bits a step from n = 214,748,364 on,
//!   which no vocabulary reaches;
//! - **`rand`** in float32: (u32 mod 2²⁴)·2⁻²⁴;
//! - **`randint(0, b)`**: u32 mod b.
//!
//! CUDA generators give other values. The first steps of `randperm` settle the first elements, so a
//! list of ⌊γV⌋ tokens costs ⌊γV⌋ steps; and whether one token is among them needs no array at all:
//! it is enough to follow that token ([`Shuffle::contains`]).

use alloc::vec::Vec;
use core::fmt;

/// torch's CPU generator.
#[derive(Clone)]
pub struct TorchRng {
    state: [u32; STATE],
    /// The state's outputs, tempered; those before `next` are used up.
    block: [u32; STATE],
    next: usize,
}

const STATE: usize = 624;
const SHIFT: usize = 397;

impl TorchRng {
    /// The generator after `manual_seed(seed)`. Only the low 32 bits count.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut state = [0; STATE];
        state[0] = seed as u32;
        for i in 1..STATE {
            let last: u32 = state[i - 1];
            state[i] = (last ^ last >> 30)
                .wrapping_mul(1_812_433_253)
                .wrapping_add(i as u32);
        }
        Self {
            state,
            block: [0; STATE],
            next: STATE,
        }
    }

    /// The next 32 bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if self.next == STATE {
            twist(&mut self.state);
            temper(&self.state, &mut self.block);
            self.next = 0;
        }
        let word = self.block[self.next];
        self.next += 1;
        word
    }

    /// Passes over the next `count` outputs.
    pub fn skip(&mut self, count: usize) {
        let left = STATE - self.next;
        if count < left {
            self.next += count;
            return;
        }
        let (blocks, rest) = ((count - left) / STATE, (count - left) % STATE);
        for _ in 0..blocks {
            twist(&mut self.state);
        }
        self.next = STATE;
        if rest > 0 {
            self.next_u32();
            self.next = rest;
        }
    }

    /// The next element of `rand` in float32, as a whole number of 2⁻²⁴.
    #[inline]
    pub fn rand_u24(&mut self) -> u32 {
        self.next_u32() & 0x00ff_ffff
    }

    /// The next element of `rand` in float32: in [0, 1), exact.
    #[inline]
    pub fn rand_f32(&mut self) -> f32 {
        self.rand_u24() as f32 * (1.0 / 16_777_216.0)
    }

    /// The next element of `randint(0, bound)`.
    ///
    /// # Panics
    /// When `bound` is 0.
    #[inline]
    pub fn randint(&mut self, bound: u32) -> u32 {
        self.next_u32() % bound
    }
}

impl fmt::Debug for TorchRng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TorchRng").finish_non_exhaustive()
    }
}

/// The whole of `randperm(n)` under `manual_seed(seed)`.
///
/// # Panics
/// When `n` is above [`Shuffle::MAX_ITEMS`].
#[must_use]
pub fn randperm(n: u32, seed: u64) -> Vec<u32> {
    let mut items = Permutation::new(n);
    Shuffle::new(n, n).prefix(&mut TorchRng::new(seed), &mut items);
    items.items
}

/// The first steps of `randperm(n)`, prepared once for many seeds: the divisions by n − i become
/// multiplications.
#[derive(Clone, Debug)]
pub struct Shuffle {
    items: u32,
    count: u32,
    /// ⌈2⁶⁴/(n − i)⌉ for each step i.
    inverses: Vec<u64>,
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
        Self {
            items,
            count,
            inverses: inverses.collect(),
        }
    }

    /// n.
    #[must_use]
    pub fn items(&self) -> u32 {
        self.items
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
        for (i, other) in self.steps(rng) {
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
        for (i, other) in self.steps(rng) {
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
    fn steps<'a>(&'a self, rng: &'a mut TorchRng) -> impl Iterator<Item = (u32, u32)> + 'a {
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

/// The next state. The last place looks at places already renewed.
fn twist(state: &mut [u32; STATE]) {
    for i in 0..STATE - SHIFT {
        state[i] = state[i + SHIFT] ^ mixed(state[i], state[i + 1]);
    }
    for i in STATE - SHIFT..STATE - 1 {
        state[i] = state[i + SHIFT - STATE] ^ mixed(state[i], state[i + 1]);
    }
    state[STATE - 1] = state[SHIFT - 1] ^ mixed(state[STATE - 1], state[0]);
}

#[inline(always)]
fn mixed(high: u32, low: u32) -> u32 {
    let both = high & 0x8000_0000 | low & 0x7fff_ffff;
    both >> 1 ^ (low & 1).wrapping_neg() & 0x9908_b0df
}

fn temper(state: &[u32; STATE], block: &mut [u32; STATE]) {
    for (out, &word) in block.iter_mut().zip(state) {
        let word = word ^ word >> 11;
        let word = word ^ word << 7 & 0x9d2c_5680;
        let word = word ^ word << 15 & 0xefc6_0000;
        *out = word ^ word >> 18;
    }
}
