//! Keys, logs and timestamps in files, each with a second reader where there is one.

mod authority;
mod kills;
mod logs;
mod openssl;
mod signers;
mod stamps;
