//! Why a log or a proof of one is refused.

use super::limits::MAX_ENTRY;
use crate::note::NoteError;
use thiserror::Error;

/// Why a checkpoint, a proof, a tile or a log is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TlogError {
    /// The signed note around a checkpoint.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    /// A line of a checkpoint's text.
    #[error("line {line} of the checkpoint: {expected} is expected")]
    CheckpointLine {
        /// From 1.
        line: usize,
        /// What belongs there.
        expected: &'static str,
    },
    /// Another log's checkpoint.
    #[error("the checkpoint is of the log {found:?}, not of {expected:?}")]
    Origin {
        /// The checkpoint's first line.
        found: String,
        /// Name of the key it is verified with.
        expected: String,
    },
    /// A line of a proof file.
    #[error("line {line} of the proof: {expected} is expected")]
    ProofLine {
        /// From 1.
        line: usize,
        /// What belongs there.
        expected: &'static str,
    },
    /// Likely no proof at all.
    #[error("a proof is text of at most {limit} bytes")]
    ProofTooLong {
        /// The most bytes that are read.
        limit: usize,
    },
    /// A position that the tree does not have.
    #[error("the tree has {size} entries, and none of index {index}")]
    Index {
        /// From 0.
        index: u64,
        /// Entries of the tree.
        size: u64,
    },
    /// A later tree with fewer entries.
    #[error("a tree of {new} entries cannot follow one of {old}")]
    Sizes {
        /// Entries of the earlier tree.
        old: u64,
        /// Entries of the later tree.
        new: u64,
    },
    /// A cut or stretched proof, or one of another index or tree.
    #[error("the proof has {found} hashes where these sizes need another number")]
    ProofLength {
        /// Hashes in the proof.
        found: usize,
    },
    /// The entry is not in the tree at that index, or the proof was changed.
    #[error("the proof leads from entry {index} to another root than the checkpoint's")]
    NotIncluded {
        /// From 0.
        index: u64,
    },
    /// The log was rewritten, or the proof was changed.
    #[error("the tree of {new} entries does not continue the one of {old}")]
    NotConsistent {
        /// Entries of the earlier tree.
        old: u64,
        /// Entries of the later tree.
        new: u64,
    },
    /// More bytes than an entry's 16-bit length can say.
    #[error("an entry of {bytes} bytes; a log takes at most {MAX_ENTRY}")]
    EntryTooLong {
        /// Its length.
        bytes: usize,
    },
    /// A cut or stretched file of entries.
    #[error("entry {entry} of the bundle: {what}")]
    Bundle {
        /// From 0.
        entry: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// Not the path of a tile.
    #[error("{path:?} is not the path of a tile")]
    TilePath {
        /// What was given.
        path: String,
    },
    /// A cut or stretched tile.
    #[error("{path} has {found} bytes, not {expected}")]
    TileLength {
        /// Path of the tile.
        path: String,
        /// Its bytes.
        found: usize,
        /// Bytes of its hashes.
        expected: usize,
    },
    /// A tile that does not follow from the entries or the tiles below.
    #[error("{path} holds another hash than its entries give, at place {place}")]
    TileHash {
        /// Path of the tile.
        path: String,
        /// From 0.
        place: usize,
    },
    /// The entries are not those that were signed.
    #[error("the entries give another root than the checkpoint's")]
    Root,
    /// A file of the log that could not be had.
    #[error("{path}: {why}")]
    Missing {
        /// Path of the file within the log.
        path: String,
        /// The reader's own words.
        why: String,
    },
}
