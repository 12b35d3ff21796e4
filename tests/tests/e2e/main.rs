//! End to end: real text, many keys, and innocent models.

mod common;
mod exposure;
mod null_simulation;
