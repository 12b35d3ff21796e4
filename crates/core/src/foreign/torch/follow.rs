//! Tokens followed through the shuffles of sixteen generators, a chunk of steps at a time.

use super::divisor::Divisor;
use super::lane::{CHUNK, LANES, Lane};
use super::lanes::TorchLanes;
use super::shuffle::Shuffle;

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
