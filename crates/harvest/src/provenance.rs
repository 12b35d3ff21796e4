//! When an index was made, and from which files.

use crate::digest::Sha256Digest;

/// When an index was made, and from which files.
///
/// A background must be older than the tested key's first use: with this its maker's clock and files can be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Seconds since 1970 by the clock of the machine that made it; 0 where nothing says.
    pub made: u64,
    /// SHA-256 of the files' SHA-256 digests, 32 bytes each, one after another in the order in which they were read.
    pub sources: Option<Sha256Digest>,
}
