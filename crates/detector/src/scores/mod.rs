//! Scores: each cell's word under each key, summed.

pub mod decoys;
mod looks;
mod tally;

pub(crate) use looks::{BATCH, Looks};
pub(crate) use tally::Tally;
