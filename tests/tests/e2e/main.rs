//! End to end: real text, many keys, and innocent models.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;
mod exposure;
mod null_simulation;
