//! Commitments: a key fixed in public before it is used, opened later by showing key and nonce.

use super::{CohortKey, ForeignKey, Key, RootKey, TwinsSeed};
use alloc::vec::Vec;
use core::fmt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

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

    /// Commits to another engine's key: each of its numbers as 8 bytes, little-endian.
    #[must_use]
    pub fn to_foreign(key: &ForeignKey, nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(8 * key.numbers().len()));
        for number in key.numbers() {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        Self::new(b"hallmark commitment v1:foreign\0", &bytes, nonce)
    }

    /// Commits to a key that marks: a cohort's, or another engine's.
    #[must_use]
    pub fn to_key(key: &Key, nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> Self {
        match key {
            Key::Cohort(key) => Self::to_cohort(key, nonce),
            Key::Foreign(key) => Self::to_foreign(key, nonce),
        }
    }

    /// Commits to the seed of a draw of ghost twins.
    #[must_use]
    pub fn to_twins(seed: &TwinsSeed, nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> Self {
        Self::new(b"hallmark commitment v1:twins\0", seed.expose(), nonce)
    }

    /// A commitment that was published.
    #[must_use]
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Whether a cohort key and a nonce open this commitment, in constant time.
    #[must_use]
    pub fn opens_to(&self, key: &CohortKey, nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> bool {
        self.0.ct_eq(&Self::to_cohort(key, nonce).0).into()
    }

    /// The same for any key that marks.
    #[must_use]
    pub fn opens_to_key(&self, key: &Key, nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> bool {
        self.0.ct_eq(&Self::to_key(key, nonce).0).into()
    }

    /// The digest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn new(label: &[u8], key: &[u8], nonce: &[u8; COMMITMENT_NONCE_BYTES]) -> Self {
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
