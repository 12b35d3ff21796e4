//! A transparency log: what was written down, in which order, provable from one signed line of text.
//!
//! Entries are the leaves of the Merkle tree of RFC 6962, section 2.1. The log signs the root of the tree as a [`Checkpoint`]; a
//! [`TlogProof`] shows that an entry is in it; a consistency proof shows that a later tree only added to an earlier one. The tree
//! is stored as [`Tile`]s of 256 hashes (C2SP `tlog-tiles`), which [`prove`] makes proofs from and [`recompute()`] checks whole.

mod checkpoint;
mod entries;
mod error;
mod hash;
mod limits;
mod proof;
mod proof_file;
pub mod prove;
mod recompute;
mod tile;

pub use checkpoint::Checkpoint;
pub use entries::{append_entry, split_entries};
pub use error::TlogError;
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use limits::MAX_ENTRY;
pub use proof::{verify_consistency, verify_inclusion};
pub use proof_file::TlogProof;
pub use recompute::recompute;
pub use tile::{Level, TILE_WIDTH, Tile};
