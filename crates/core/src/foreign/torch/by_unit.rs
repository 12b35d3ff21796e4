//! What is computed by the machine's fastest vector unit: generators side by side, and their shuffles.

use super::lane::{LANES, Lane};
use super::lanes::TorchLanes;
use super::shuffle::Shuffle;
use crate::simd::{Lanes, swaps};

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
}

impl Shuffle {
    /// Where items end up: `places[j][lane]` is an item on the way in and its place in the
    /// permutation under `seeds[lane]` on the way out, as far as it is settled: it is among the
    /// first elements where its place is below [`count`](Self::count).
    pub fn follow(&self, seeds: &Lane, places: &mut [Lane]) {
        swaps::follow(Lanes::detect(), self, seeds, places);
    }
}
