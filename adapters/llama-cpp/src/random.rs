//! Ordinary randomness, the same numbers as llama.cpp's `dist` draws.

use std::hash::{BuildHasher, RandomState};

use rand_mt::Mt;

/// llama.cpp's `LLAMA_DEFAULT_SEED`: stands for a new random seed at each start.
pub const RANDOM_SEED: u32 = 0xffff_ffff;

/// MT19937 (Matsumoto and Nishimura 1998) under a seed; [`RANDOM_SEED`] stands for a new random one at each start.
#[derive(Clone)]
pub(crate) struct Random {
    seed: u32,
    generator: Mt,
}

impl Random {
    pub(crate) fn new(seed: u32) -> Self {
        let started = match seed {
            RANDOM_SEED => fresh(),
            seed => seed,
        };
        let generator = Mt::new(started);
        Self { seed, generator }
    }

    /// From the start, or from a new one.
    pub(crate) fn restart(&mut self) {
        *self = Self::new(self.seed);
    }

    /// In [0, 1): two 32-bit words, the first the lower one, as `std::uniform_real_distribution<double>` takes them from
    /// this generator.
    pub(crate) fn uniform(&mut self) -> f64 {
        const WORD: f64 = 4_294_967_296.0;
        let low = f64::from(self.generator.next_u32());
        let high = f64::from(self.generator.next_u32());
        ((low + high * WORD) / (WORD * WORD)).min(1.0f64.next_down())
    }
}

/// A seed from the operating system, by way of the keys that the standard library draws for its hash tables.
fn fresh() -> u32 {
    RandomState::new().hash_one(()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_standard_ones() {
        // C++ fixes the 10,000th word of std::mt19937 under its default seed ([rand.predef]).
        let mut generator = Mt::new(5489);
        let last = (0..10_000).map(|_| generator.next_u32()).last();
        assert_eq!(last, Some(4_123_659_995));
    }

    #[test]
    fn a_seed_gives_the_same_numbers_again_and_the_random_one_does_not() {
        let mut random = Random::new(3);
        let first = random.uniform();
        random.restart();
        assert_eq!(random.uniform(), first);
        let mut random = Random::new(RANDOM_SEED);
        let first = random.uniform();
        random.restart();
        // Equal with probability 2^-32.
        assert_ne!(random.uniform(), first);
    }
}
