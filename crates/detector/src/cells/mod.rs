//! Cells on their way to a score: raw, then fresh, then distinct. Only distinct cells can be scored.
//!
//! The types hold two of the conditions under which a p-value is valid: windows that the suspect
//! was shown are left out (`RawCells::fresh`), and each distinct cell counts once over the whole
//! corpus (`FreshCells::distinct`). A third, that selection never depends on the key, holds
//! because every filter here is a function of the window alone, and none is given the key or the
//! token that followed.

mod by_unit;
mod distinct;
mod fresh;
mod raw;

pub(crate) use by_unit::{ByUnit, Order};
pub use distinct::DistinctCells;
pub(crate) use distinct::Stretch;
pub use fresh::FreshCells;
pub use raw::{CellsError, Exposure, MAX_TOKEN, RawCells};
