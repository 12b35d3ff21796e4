//! The case around an examination: commitments, plan, log, bundle, replay.
//!
//! ```text
//! keys → commit → plan → examine (recorded) → bundle → verify, replay, report
//! ```
//!
//! A case is a folder that holds all that was fixed, taken in and found. What is in it is checked by `hallmark-verify`, which shares no
//! code with what made it but the formats.

pub mod bundle;
pub mod case;
pub mod cohorts;
pub mod commit;
pub mod log;
pub mod logged;
mod opening_file;
pub mod openings;
mod reading;
pub mod replay;
pub mod reported;
pub mod signer;
mod signing;
pub mod templates;
pub mod timestamp;
pub mod twins;
