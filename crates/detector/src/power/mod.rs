//! Power: how much must be asked to see a mark, and what an examination could have seen.
//!
//! [`sample_size()`] gives the distinct cells that T1 needs for a lift, by the exact tails.
//! [`Calibration`] says which lift a share of marked training text left in studies, and turns the
//! smallest effect that was visible into the smallest share. [`Growth`] turns cells into tokens. A
//! [`Pilot`] shows how cells grow, and with a harvest's index what weighing gains.

mod calibration;
mod counts;
mod error;
mod growth;
mod pilot;
mod row;
mod sample_size;
mod weighted;

pub use calibration::{Calibration, CalibrationError, Outside, Setting, Used};
pub use error::PowerError;
pub use growth::{Growth, GrowthSource};
pub use pilot::{Pilot, Piloted, WeightedCells};
pub use row::{Access, Point, Prompts, Row, SchemeName, Status};
pub use sample_size::{Design, MOST_CELLS, SampleSize, sample_size};
pub use weighted::{WeightedSize, weighted_size};
