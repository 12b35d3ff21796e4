//! Hashes of the tree (RFC 6962, section 2.1): leaves and nodes have their own prefix, so that neither passes for the other.

use sha2::{Digest, Sha256};

/// SHA-256 of a leaf or a node.
pub type Hash = [u8; 32];

/// SHA-256(0x00, entry).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(entry)
        .finalize()
        .into()
}

/// SHA-256(0x01, left, right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of a tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}
