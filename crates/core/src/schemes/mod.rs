//! Schemes: every way of marking that is known here, in one table.
//!
//! A [`Scheme`] is a row of [`SCHEMES`] with its public parameters. The row says how the scheme is named, what its windows,
//! keys and parameters are, how the reading of it was checked, and holds the function that makes a
//! [`Mark`](crate::mark::Mark) of a key. To add an engine is to write one file beside these and one row
//! (`docs/adding-an-engine.md`).

mod dual_gumbel;
mod foreign;
mod green;
mod gumbel;
mod native;
mod parameters;
mod row;
mod scheme;
mod table;
mod tournament;

pub use dual_gumbel::DualGumbel;
pub use green::Green;
pub use gumbel::Gumbel;
pub use native::CHACHA12_V1;
pub use parameters::{Parameters, green_threshold};
pub(crate) use row::TORCH;
pub use row::{Checked, Family, Maker, Numbers, SchemeRow, Setting};
pub use scheme::Scheme;
pub use table::SCHEMES;
pub use tournament::Tournament;
