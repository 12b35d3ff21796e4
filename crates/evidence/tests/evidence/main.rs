//! Keys, logs and timestamps in files, each with a second reader where there is one.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod authority;
mod kills;
mod logs;
mod openssl;
mod signers;
mod stamps;
