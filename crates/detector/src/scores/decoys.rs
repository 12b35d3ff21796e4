//! Decoy keys: drawn at random, and turned into marks by the true key's own procedure.

use hallmark_core::keys::{CohortKey, Key, decoy_seed};
use hallmark_core::mark::{Mark, Reading};
use hallmark_core::profile::Profile;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::Arc;

/// `count` random cohort keys: the keystream of `ChaCha20` under `seed`, 32 bytes a key.
pub fn random_keys(count: u32, seed: [u8; 32]) -> impl Iterator<Item = CohortKey> {
    let mut rng = ChaCha20Rng::from_seed(seed);
    (0..count).map(move |_| {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        CohortKey::from_bytes(key)
    })
}

/// The marks of `count` decoy keys for a line-up of the `tested` keys.
///
/// Their seed is derived from the tested keys and the number `draw`, so that nobody without the
/// keys can write text that the decoys dislike; with the keys, the line-up can be repeated. Each
/// decoy goes through the same derivation from cohort key to stream key as the true ones, so under
/// the null hypothesis all are exchangeable.
pub fn draw(
    profile: &Profile,
    tested: &[Key],
    count: u32,
    draw: u64,
) -> impl Iterator<Item = Arc<dyn Reading>> {
    random_keys(count, decoy_seed(tested, draw))
        .filter_map(|key| Mark::new(profile, &key.into()).ok())
        .map(|mark| Arc::clone(mark.reading()))
}
