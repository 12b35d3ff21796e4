//! Random keys such as a given one.

use crate::error::Result;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_detector::scores::decoys::{random_foreign_keys, random_keys};

/// The marks of `count` random keys, each number of another engine's of as many bits as the key's.
pub(super) fn random(profile: &Profile, like: &Key, count: u32, seed: u64) -> Result<Vec<Mark>> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let keys: Vec<Key> = match like {
        Key::Cohort(_) => random_keys(count, bytes).map(Key::Cohort).collect(),
        Key::Foreign(like) => random_foreign_keys(count, like, bytes)
            .map(Key::Foreign)
            .collect(),
    };
    let mark = |key| Ok(Mark::new(profile, key)?);
    keys.iter().map(mark).collect()
}
