//! Detection: from token streams to findings whose p-values are exact or rounded against the
//! accuser.
//!
//! ```text
//! answers + exposure → RawCells → FreshCells → DistinctCells → integer sums → tails → findings
//! ```
//!
//! Given a suspect's whole transcript, the words of distinct cells under a random key are
//! independent and uniform. Every test here stands on that, and the types see to its conditions:
//! only [`DistinctCells`](cells::DistinctCells) can be scored, they come only from
//! [`FreshCells`](cells::FreshCells) by global [de-duplication](dedup), those come only from
//! [`RawCells`](cells::RawCells) by leaving out what the suspect was shown, and a filter sees a
//! window and nothing else.

pub mod calibration;
pub mod cells;
pub mod cohorts;
pub mod contrast;
pub mod decoys;
pub mod dedup;
pub mod detection;
pub mod document;
pub mod eprocess;
pub mod examination;
pub mod finding;
pub mod interval;
pub mod lineup;
pub mod localize;
pub mod logprobs;
mod looks;
pub mod merge;
pub mod multiplicity;
pub mod plain;
pub mod power;
pub mod residual;
mod sequential;
pub mod shape;
pub mod tail;
mod tally;
pub mod warning;
pub mod weights;
