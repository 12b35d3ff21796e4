//! Commitments: a key fixed in public before it is used, opened later by showing key and nonce.

use super::{CohortKey, KEY_BYTES, RootKey};
use core::fmt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes in a commitment's nonce.
pub const COMMITMENT_NONCE_BYTES: usize = 32;

/// SHA-256 of (label ‖ key ‖ nonce): binding because SHA-256 resists collisions, hiding because the
/// nonce is 256 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// Commits to a root key.
    #[must_use]
    pub fn to_root(key: &RootKey, nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> Self {
        Self::new(b"hallmark commitment v1:root\0", &key.0, nonce)
    }

    /// Commits to a cohort key.
    #[must_use]
    pub fn to_cohort(key: &CohortKey, nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> Self {
        Self::new(b"hallmark commitment v1:cohort\0", &key.0, nonce)
    }

    /// Whether a cohort key and a nonce open this commitment, in constant time.
    #[must_use]
    pub fn opens_to(&self, key: &CohortKey, nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> bool {
        self.0.ct_eq(&Self::to_cohort(key, nonce).0).into()
    }

    /// The digest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn new(label: &[u8], key: &[u8; KEY_BYTES], nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> Self {
        let digest = Sha256::new()
            .chain_update(label)
            .chain_update(key)
            .chain_update(nonce);
        Self(digest.finalize().into())
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
