//! Randomness of made worlds.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random numbers.
pub(super) struct Random(ChaCha12Rng);

impl Random {
    /// Stream number `stream` of a seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// In [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `bound`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        (self.unit() * f64::from(bound)) as u32
    }

    /// A whole number from `from` to `to`.
    pub(super) fn between(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to - from + 1)
    }

    /// Whether something of this chance happens.
    pub(super) fn is(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }

    /// Exponential of this mean.
    pub(super) fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Pareto of this shape, with mean 1, cut at 30.
    pub(super) fn volume(&mut self) -> f64 {
        const SHAPE: f64 = 1.6;
        let least = (SHAPE - 1.0) / SHAPE;
        (least * (1.0 - self.unit()).powf(-1.0 / SHAPE)).min(30.0)
    }

    /// A number that names something nobody else has.
    pub(super) fn name(&mut self) -> u64 {
        self.0.next_u64()
    }
}
