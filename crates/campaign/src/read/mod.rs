//! Reading logs: JSON lines, CSV and Parquet, by streaming; every name and every value becomes a pseudonym at the door.

mod batch;
mod door;
mod file;
mod json;
mod layout;
mod lines;
mod moment;
mod nested;
mod pages;
mod parquet;
mod row;
mod shared;
mod sketch;
mod table;

pub use door::{Door, FileRead, Reading};
pub(crate) use layout::is_plain;
pub use layout::{LAYOUTS, Layout};
pub use moment::seconds;
pub use row::Bad;
