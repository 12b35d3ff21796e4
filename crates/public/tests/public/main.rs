//! The public detector over real sockets of this machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod common;
mod config;
mod limits;
mod log;
mod null;
mod openapi;
