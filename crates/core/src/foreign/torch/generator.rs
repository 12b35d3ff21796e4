//! One generator.

use core::fmt;

/// torch's CPU generator.
#[derive(Clone)]
pub struct TorchRng {
    state: [u32; STATE],
    /// The state's outputs, tempered; those before `next` are used up.
    block: [u32; STATE],
    next: usize,
}

/// Words of the state, and how far ahead a step of the recurrence looks.
pub(super) const STATE: usize = 624;
pub(super) const SHIFT: usize = 397;

impl TorchRng {
    /// The generator after `manual_seed(seed)`. Only the low 32 bits count.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut state = [0; STATE];
        state[0] = seed as u32;
        for i in 1..STATE {
            let last: u32 = state[i - 1];
            state[i] = seeded(last, i as u32);
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
pub(super) fn mixed(high: u32, low: u32) -> u32 {
    let both = high & 0x8000_0000 | low & 0x7fff_ffff;
    both >> 1 ^ (low & 1).wrapping_neg() & 0x9908_b0df
}

fn temper(state: &[u32; STATE], block: &mut [u32; STATE]) {
    for (out, &word) in block.iter_mut().zip(state) {
        *out = tempered(word);
    }
}

/// Word `i` of the state that a seed gives, from the word before.
#[inline(always)]
pub(super) fn seeded(last: u32, i: u32) -> u32 {
    (last ^ last >> 30)
        .wrapping_mul(1_812_433_253)
        .wrapping_add(i)
}

#[inline(always)]
pub(super) fn tempered(word: u32) -> u32 {
    let word = word ^ word >> 11;
    let word = word ^ word << 7 & 0x9d2c_5680;
    let word = word ^ word << 15 & 0xefc6_0000;
    word ^ word >> 18
}
