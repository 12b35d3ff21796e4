//! A fingerprint within its shelf, and how shelves divide fingerprints.

/// A fingerprint within its shelf: the complement of what follows the shelf's bits. Never zero.
pub(super) type Item = u64;

/// Fingerprints are shelved by this many top bits.
pub(super) const SHELF_BITS: u32 = 6;
/// Number of shelves.
pub(super) const SHELVES: usize = 1 << SHELF_BITS;
/// A shelf is worked on in up to two to the power of this many parts.
pub(super) const MAX_PART_BITS: u32 = 5;
