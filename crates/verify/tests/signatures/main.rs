//! Notes, logs and envelopes: what is right is read, and whatever is changed is refused.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod envelopes;
mod log_files;
mod memory_log;
mod notes;
#[cfg(feature = "timestamp")]
mod timestamps;
mod trees;
mod vectors;
