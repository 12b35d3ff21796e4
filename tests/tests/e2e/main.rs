//! End to end: real text, many keys, and innocent models.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod admitted_null;
mod common;
mod count_model;
mod counted;
mod exposure;
mod first_visits_null;
mod foreign_null;
mod localize;
mod made_up_engine;
mod normalised_null;
mod null_simulation;
mod visited;
mod weighted_null;
mod weighted_power;
