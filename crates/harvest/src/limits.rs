//! The format's version, and the longest window that it takes.

/// Version of the format that this crate writes. It reads version 1 too.
pub const FORMAT_VERSION: u32 = 2;

/// Most tokens in a window.
pub const MAX_WINDOW: usize = 16;
