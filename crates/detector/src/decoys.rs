//! Decoy keys: drawn at random, and turned into marks by the true key's own procedure.

use hallmark_core::keys::CohortKey;
use hallmark_core::mark::{self, Mark};
use hallmark_core::profile::Profile;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::Arc;

/// `count` decoy cohort keys from a public seed: the keystream of `ChaCha20` under the seed as a
/// little-endian number, 32 bytes a key.
pub fn keys(count: u32, seed: u64) -> impl Iterator<Item = CohortKey> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha20Rng::from_seed(bytes);
    (0..count).map(move |_| {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        CohortKey::from_bytes(key)
    })
}

/// The marks of `count` decoy keys under a profile.
///
/// Each decoy goes through the same derivation from cohort key to stream key as the true one, so
/// under the null hypothesis the true key and the decoys are exchangeable.
pub fn draw(profile: &Profile, count: u32, seed: u64) -> impl Iterator<Item = Arc<dyn Mark>> {
    keys(count, seed).map(|key| mark::bind(profile, &key))
}
