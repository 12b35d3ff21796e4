//! A bundle under attack: every field of every file is altered in turn, and the verifier must notice each.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alter;
mod cases;
mod commitments;
mod fixture;
mod forged;
mod own_cells;
mod replayed;
mod reported;
mod sources;
mod tampered;
