//! Seeded randomness: `ChaCha12` only, so that a seed means the same draws everywhere.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// An independent generator for each (`seed`, `stream`).
#[must_use]
pub fn generator(seed: u64, stream: u64) -> ChaCha12Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(b"hallmark");
    let mut generator = ChaCha12Rng::from_seed(key);
    generator.set_stream(stream);
    generator
}

/// A seed for one of the parts of something that has a seed.
#[must_use]
pub fn derived(seed: u64, part: u64) -> u64 {
    generator(seed, u64::MAX - part).next_u64()
}

/// A uniform number in [0, 1) with 53 random bits.
#[must_use]
pub fn uniform(generator: &mut ChaCha12Rng) -> f64 {
    (generator.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A uniform index below `bound`; the bias is below `bound` / 2^64.
#[must_use]
pub fn below(generator: &mut ChaCha12Rng, bound: usize) -> usize {
    ((u128::from(generator.next_u64()) * bound as u128) >> 64) as usize
}

/// A standard normal number (Box and Muller 1958).
#[must_use]
pub fn normal(generator: &mut ChaCha12Rng) -> f32 {
    let radius = (-2.0 * (1.0 - uniform(generator)).ln()).sqrt();
    (radius * (std::f64::consts::TAU * uniform(generator)).cos()) as f32
}

/// Shuffles in place (Fisher and Yates).
pub fn shuffle<T>(generator: &mut ChaCha12Rng, items: &mut [T]) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(generator, i + 1));
    }
}
