//! Decoy keys: drawn at random, and turned into marks by the true key's own procedure.

use hallmark_core::keys::{CohortKey, ForeignKey, Key, decoy_seed};
use hallmark_core::mark::{KeyMismatch, Mark};
use hallmark_core::profile::Profile;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// `count` random cohort keys: the keystream of `ChaCha20` under `seed`, 32 bytes a key.
pub fn random_keys(count: u32, seed: [u8; 32]) -> impl Iterator<Item = CohortKey> {
    let mut rng = ChaCha20Rng::from_seed(seed);
    (0..count).map(move |_| {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        CohortKey::from_bytes(key)
    })
}

/// `count` random keys such as `like`, each number of as many bits: the keystream of `ChaCha20` under `seed`, eight bytes a
/// number.
pub fn random_foreign_keys(
    count: u32,
    like: &ForeignKey,
    seed: [u8; 32],
) -> impl Iterator<Item = ForeignKey> {
    let mut rng = ChaCha20Rng::from_seed(seed);
    (0..count).map(move |_| like.another(|| rng.next_u64()))
}

/// The marks of `count` decoy keys for the line-up of a `tested` key.
///
/// Their seed is derived from the tested key and the number `draw`, so that nobody without the
/// key can write text that the decoys dislike; with the key, and no other, the line-up can be repeated. Each
/// decoy goes through the same derivation as the true one, so under the null hypothesis all are exchangeable. Numbers of
/// another engine's key are drawn from as many bits as the tested key's.
///
/// # Errors
/// When the tested key does not fit the profile.
pub fn draw(
    profile: &Profile,
    tested: &Key,
    count: u32,
    draw: u64,
) -> Result<Vec<Mark>, KeyMismatch> {
    let seed = decoy_seed(tested, draw);
    let keys: Vec<Key> = match tested {
        Key::Cohort(_) => random_keys(count, seed).map(Key::from).collect(),
        Key::Foreign(key) => random_foreign_keys(count, key, seed)
            .map(Key::from)
            .collect(),
    };
    keys.iter().map(|key| Mark::new(profile, key)).collect()
}
