//! A case: a folder with its plan, its commitments, what was taken in, every run, and the log of it all.
//!
//! ```text
//! case/
//!   plan.toml plan.dsse.json plan.tlog-proof     what will be done, signed and logged
//!   commitments.json commitments.tlog-proof      the keys, fixed before
//!   signer.pub.pem log.pub                       who signed, which log
//!   inputs/  items/                              files that shape the examination; answers
//!   runs/1/findings.json runs/1/cells.bin        what an examination gave
//!   case-log.jsonl                               everything that was done, line chained to line
//! ```

mod deviations;
mod folder;
mod planning;
mod run;
mod take_in;
pub mod words;

pub use folder::{Case, INPUTS, ITEMS, RUNS};
pub use planning::{Planning, Words, plan};
pub use run::{Outcome, Run};
pub(crate) use run::{cells, within};
