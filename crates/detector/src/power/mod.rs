//! Power: how much must be asked to see a mark, and what an examination could have seen.
//!
//! [`sample_size()`] gives the distinct cells that T1 needs for a lift, by the exact tails.
//! [`Calibration`] says which lift a share of marked training text left in studies, and turns the
//! smallest effect that was visible into the smallest share. [`Growth`] turns cells into tokens. A
//! [`Pilot`] shows how cells grow, and with a harvest's index what weighing gains.

mod calibration;
mod counts;
mod design;
mod error;
mod growth;
mod pilot;
mod row;
mod sample_size;
mod setting;
mod weighted;

pub use calibration::{Calibration, CalibrationError};
pub use design::{Design, SampleSize};
pub use error::{MOST_CELLS, PowerError};
pub use growth::{Growth, GrowthSource};
pub use pilot::{Pilot, Piloted, WeightedCells};
pub use row::{Point, Row, Status, Used};
pub use sample_size::sample_size;
pub use setting::{Access, Outside, Prompts, SchemeName, Setting};
pub use weighted::{WeightedSize, weighted_size};
