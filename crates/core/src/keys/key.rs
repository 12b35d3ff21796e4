//! A key that marks and detects, of this project or of another engine.

use super::{CohortKey, ForeignKey, KEY_BYTES, PublicId, derive};
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

/// The seed of the decoys of the line-up of a tested key, for draw number `draw`.
///
/// Without the key nobody can know the decoys; with it, and no other, the line-up can be repeated.
#[must_use]
pub fn decoy_seed(tested: &Key, draw: u64) -> [u8; KEY_BYTES] {
    let secret = match tested {
        Key::Cohort(key) => Zeroizing::new(key.0),
        Key::Foreign(key) => key.bytes(),
    };
    derive(&secret, &[b"decoys", &draw.to_le_bytes(), &[0; KEY_BYTES]])
}
