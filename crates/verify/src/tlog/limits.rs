//! How long an entry may be.

/// The longest entry, in bytes.
pub const MAX_ENTRY: usize = u16::MAX as usize;
