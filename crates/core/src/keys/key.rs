//! A key that marks and detects, of this project or of another engine.

use super::{CohortKey, ForeignKey, KEY_BYTES, PublicId, derive};
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// What a mark is made and found with.
#[derive(Clone)]
pub enum Key {
    /// A cohort's.
    Cohort(CohortKey),
    /// Another engine's.
    Foreign(ForeignKey),
}

impl Key {
    /// The key's public name.
    #[must_use]
    pub fn public_id(&self) -> PublicId {
        match self {
            Self::Cohort(key) => key.public_id(),
            Self::Foreign(key) => key.public_id(),
        }
    }

    /// The numbers of another engine's key.
    #[must_use]
    pub fn numbers(&self) -> Option<&[u64]> {
        match self {
            Self::Cohort(_) => None,
            Self::Foreign(key) => Some(key.numbers()),
        }
    }
}

impl From<CohortKey> for Key {
    fn from(key: CohortKey) -> Self {
        Self::Cohort(key)
    }
}

impl From<ForeignKey> for Key {
    fn from(key: ForeignKey) -> Self {
        Self::Foreign(key)
    }
}

/// The seed of the decoys of a line-up of `tested` keys, for draw number `draw`.
///
/// It depends on every tested key and not on their order: without the keys nobody can know the
/// decoys, with them the line-up can be repeated.
#[must_use]
pub fn decoy_seed(tested: &[Key], draw: u64) -> [u8; KEY_BYTES] {
    let mut sorted: Vec<&Key> = tested.iter().collect();
    sorted.sort_by_key(|key| key.public_id());
    let draw = draw.to_le_bytes();
    let mut seed = [0; KEY_BYTES];
    for key in sorted {
        let secret = match key {
            Key::Cohort(key) => Zeroizing::new(key.0),
            Key::Foreign(key) => key.bytes(),
        };
        seed = derive(&secret, &[b"decoys", &draw, &seed]);
    }
    seed
}
