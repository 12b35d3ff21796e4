//! Scores: from distinct cells to the sums of every key.
//!
//! A `Pool` finds distinct cells once for all keys, `Looks` cuts them into batches,
//! `Rows` computes each key's words once a batch, and a `Tally` adds them up.

pub mod decoys;
mod looks;
mod pool;
mod tally;
mod units;
mod words;

pub(crate) use looks::Looks;
pub(crate) use pool::Pool;
pub(crate) use tally::{Looking, MOST_WEIGHT, Tally};
pub(crate) use units::SeenUnits;
pub(crate) use words::{BatchWords, Rows};
