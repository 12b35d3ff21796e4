//! Layouts of records by name: where each has what was asked and what was answered.
//!
//! A record is read by a layout where it is unmistakably of that layout: fields stand in it that others do not have together. What
//! stands at the places of questions and answers is read by [`talk`](crate::talk), for all layouts alike; everything else counts as shown.

mod exchange;
mod name;
mod observed;
mod rows;
mod spans;

pub(crate) use exchange::Exchange;
pub use name::Layout;
#[cfg(feature = "parquet")]
pub(crate) use rows::is_known;
pub(crate) use rows::{Laid, read};
