//! Layouts of records by name: where each has what was asked and what was answered.
//!
//! A record is read by a layout where it is unmistakably of that layout: fields stand in it that others do not have together. What
//! stands at the places of questions and answers is read by [`talk`](crate::talk), for all layouts alike; everything else counts as shown.

mod again;
mod apps;
mod cells;
mod contenders;
mod exchange;
mod hints;
mod inference;
mod langsmith;
mod name;
mod observed;
mod responses;
mod rows;
mod servers;
mod spans;
mod wrappers;

#[cfg(feature = "parquet")]
pub(crate) use cells::is_known;
pub(crate) use cells::open;
#[cfg(feature = "parquet")]
pub(crate) use contenders::may_be_beside;
pub(crate) use contenders::{Contender, beside_text, contenders, may_have_rivals, rivals, says};
pub(crate) use exchange::Exchange;
pub(crate) use hints::{hint, names_answer, piece_of_stream};
pub use name::Layout;
pub(crate) use rows::{Laid, read, told};
pub(crate) use spans::asks_alone;
pub(crate) use wrappers::{of_list, of_page, wrapped};
