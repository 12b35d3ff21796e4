//! How large a token may be.

/// The longest token that is read, in bytes.
pub const MAX_TOKEN: usize = 256 * 1024;

/// The most certificates that a token may bring along.
pub(super) const MAX_CERTIFICATES: usize = 16;
