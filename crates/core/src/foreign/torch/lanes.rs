//! Sixteen generators side by side, one a lane, and tokens followed through their shuffles.

use core::fmt;

use super::generator::{SHIFT, STATE, mixed, seeded, tempered};
use super::{Divisor, Shuffle};
use crate::simd::{Lanes, swaps};

/// Generators side by side: as many as one vector holds in the widest unit.
pub const LANES: usize = 16;

/// Steps that are taken at a time. A block of the generator is a whole number of chunks.
pub(crate) const CHUNK: usize = 16;

/// One number for each generator.
pub(crate) type Lane = [u32; LANES];

/// Sixteen of torch's CPU generators ([`TorchRng`](super::TorchRng)), each with its own seed.
#[derive(Clone)]
pub struct TorchLanes {
    state: [Lane; STATE],
    /// The word of the state that is renewed next.
    next: usize,
}

impl TorchLanes {
    /// The generators after `manual_seed`, each with its own seed.
    #[must_use]
    pub fn new(seeds: &[u32; LANES]) -> Self {
        swaps::seeded(Lanes::detect(), seeds)
    }

    /// The next sixteen words of each: `words[step][lane]`.
    pub fn next_words(&mut self, words: &mut [[u32; LANES]; 16]) {
        swaps::words(Lanes::detect(), self, words);
    }

    #[inline(always)]
    pub(crate) fn seeded_portable(seeds: &Lane) -> Self {
        let mut rng = Self {
            state: [[0; LANES]; STATE],
            next: 0,
        };
        let mut last = *seeds;
        rng.state[0] = last;
        for i in 1..STATE {
            for last in &mut last {
                *last = seeded(*last, i as u32);
            }
            rng.state[i] = last;
        }
        rng
    }
}

impl fmt::Debug for TorchLanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TorchLanes").finish_non_exhaustive()
    }
}

/// The next words of each generator.
#[inline(always)]
pub(crate) fn words_portable(rng: &mut TorchLanes, words: &mut [Lane; CHUNK]) {
    rng.draw(words, |_, word| word);
}

impl TorchLanes {
    /// Fills `words` with what `finish` makes of (step, word). Each word of the state is renewed when
    /// its turn comes, in place, so those that it looks at ahead are old and those behind new, as they
    /// are when a whole block is renewed.
    #[inline(always)]
    fn draw(&mut self, words: &mut [Lane; CHUNK], finish: impl Fn(u32, u32) -> u32) {
        let (next, far) = (self.next, (self.next + SHIFT) % STATE);
        if next + CHUNK < STATE && far + CHUNK <= STATE {
            for (step, words) in words.iter_mut().enumerate() {
                let (i, far) = (next + step, far + step);
                self.renew(i, i + 1, far, words, |word| finish(step as u32, word));
            }
        } else {
            for (step, words) in words.iter_mut().enumerate() {
                let (i, far) = (next + step, (far + step) % STATE);
                self.renew(i, (i + 1) % STATE, far, words, |word| {
                    finish(step as u32, word)
                });
            }
        }
        self.next = (next + CHUNK) % STATE;
    }

    #[inline(always)]
    fn renew(
        &mut self,
        i: usize,
        after: usize,
        far: usize,
        words: &mut Lane,
        finish: impl Fn(u32) -> u32,
    ) {
        let (high, low, far) = (self.state[i], self.state[after], self.state[far]);
        let state = &mut self.state[i];
        for lane in 0..LANES {
            state[lane] = far[lane] ^ mixed(high[lane], low[lane]);
            words[lane] = finish(tempered(state[lane]));
        }
    }
}

/// What [`Shuffle::follow`] does.
///
/// Step i swaps places i and i + u32 mod (n − i). So an item at place p ≥ i is
///
/// - found, and settled at place i, if u32 mod (n − i) = p − i. Then n − i divides u32 − (p − i), and
///   nothing wraps, as u32 ≥ p − i: [`Divisor::quotient`] tells;
/// - moved to the other place, if p = i.
///
/// `touched` names the lanes of a chunk in which either may be the case, and only in them the chunk's
/// steps are taken one by one. It may name too many (a difference that wrapped, a quotient below
/// another step's bound), never too few. Settled items are at places below i, where nothing happens.
#[inline(always)]
pub(crate) fn follow_portable(
    shuffle: &Shuffle,
    seeds: &Lane,
    places: &mut [Lane],
    touched: impl Fn(&Chunk<'_>, &Lane) -> u32,
) {
    let mut rng = TorchLanes::seeded_portable(seeds);
    let mut words = [[0; LANES]; CHUNK];
    for (divisors, from) in shuffle.divisors().iter().zip((0..).step_by(CHUNK)) {
        rng.draw(&mut words, |step, word| word.wrapping_add(from + step));
        let steps = (shuffle.steps() - from).min(CHUNK as u32);
        let chunk = Chunk {
            words: &words,
            divisors,
            from,
            most: u32::MAX / (shuffle.items() - (from + steps - 1)),
            steps,
            items: shuffle.items(),
        };
        for places in &mut *places {
            let mut lanes = touched(&chunk, places);
            while lanes != 0 {
                let lane = lanes.trailing_zeros() as usize;
                chunk.take(lane, &mut places[lane]);
                lanes &= lanes - 1;
            }
        }
    }
}

/// Steps of a shuffle that are taken together.
pub(crate) struct Chunk<'a> {
    /// For each step, the word of each lane plus the number of the step.
    pub(crate) words: &'a [Lane; CHUNK],
    /// n − i for each step, and no more than ones beyond the last.
    pub(crate) divisors: &'a [Divisor; CHUNK],
    /// The number of the first step.
    pub(crate) from: u32,
    /// The largest quotient of a number that one of the divisors divides.
    pub(crate) most: u32,
    steps: u32,
    items: u32,
}

impl Chunk<'_> {
    /// The steps one by one, for the item at `place` in `lane`.
    fn take(&self, lane: usize, place: &mut u32) {
        for (i, words) in (self.from..self.from + self.steps).zip(self.words) {
            let other = i + words[lane].wrapping_sub(i) % (self.items - i);
            if other == *place {
                *place = i;
                return;
            }
            if i == *place {
                *place = other;
            }
        }
    }

    /// The lanes in which the item at a place may be touched, as bits.
    #[inline(always)]
    pub(crate) fn touched_portable(&self, places: &Lane) -> u32 {
        let mut least = [u32::MAX; LANES];
        for (words, divisor) in self.words.iter().zip(self.divisors) {
            for lane in 0..LANES {
                let quotient = divisor.quotient(words[lane].wrapping_sub(places[lane]));
                least[lane] = least[lane].min(quotient);
            }
        }
        (0..LANES).fold(0, |lanes, lane| {
            let moved = places[lane].wrapping_sub(self.from) < CHUNK as u32;
            lanes | u32::from(least[lane] <= self.most || moved) << lane
        })
    }
}
