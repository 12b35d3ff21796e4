//! Ordinary randomness: what is not the key's.

use hallmark::{Error, Result};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A request's own generator: from the operating system, or from a seed.
pub(crate) fn generator(seed: Option<u64>) -> Result<ChaCha8Rng> {
    let mut bytes = [0; 32];
    match seed {
        Some(seed) => bytes[..8].copy_from_slice(&seed.to_le_bytes()),
        None => getrandom::fill(&mut bytes).map_err(|error| {
            Error::usage(format_args!(
                "the operating system gives no randomness: {error}"
            ))
        })?,
    }
    Ok(ChaCha8Rng::from_seed(bytes))
}

/// A number in [0, 1) with 53 random bits.
pub(crate) fn uniform(generator: &mut ChaCha8Rng) -> f64 {
    (generator.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A number that no key decides.
pub(crate) fn draw(generator: &mut ChaCha8Rng) -> u32 {
    generator.next_u32()
}
