//! The profile format's version, and the largest vocabulary that it takes.

/// Version of the profile format that this crate reads and writes.
pub const PROFILE_VERSION: u32 = 1;

/// Most sub-keys of a ring.
pub const MAX_RING: u32 = 16;

/// Largest vocabulary: token ids go up to `0xFF_FFFE`.
pub const MAX_VOCAB_SIZE: u32 = 0xFF_FFFF;
