//! How large a note may be.

/// The longest note that is read, in bytes: room for 16 post-quantum signatures of five thousand bytes.
pub const MAX_NOTE: usize = 256 * 1024;

/// The most signature lines that are read.
pub const MAX_SIGNATURES: usize = 32;
