//! From accounts to cohorts: a random draw that is committed to, and a map that only its keeper can read.
//!
//! Each unit, an account or a cluster of accounts that belong together, falls into a cohort by a keyed function of its name. So nobody
//! picked who is in which cohort; units that come later do not move those that are there; and who is shown the seed can draw again.
//! What is published says how it was drawn and how many units each cohort has. Which account is where stands in a file of its own,
//! encrypted (age), that belongs in no bundle.

mod draw;
mod error;
mod map;
mod units;

pub use draw::{Cohort, Draw, SEED_BYTES};
pub use error::CohortsError;
pub use map::{Assigned, open, seal};
pub use units::Units;

use hallmark_verify::formats::KeyRole;
use serde::{Deserialize, Serialize};

/// What is published of a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    /// The name of this format.
    pub schema: hallmark::json::formats::Cohorts,
    /// When it was drawn, by the clock of the machine.
    pub made: String,
    /// How: `hmac-sha256-1`.
    pub method: String,
    /// SHA-256 of `hallmark cohort draw v1:seed`, a zero byte and the seed, in hexadecimal: the seed has 256 random bits and opens it.
    pub seed_commitment: String,
    /// HMAC-SHA256 of the whole map under the seed, in hexadecimal: it shows later that the map is this one.
    pub map_mac: String,
    /// Cohorts with how many units and accounts each has.
    pub cohorts: Vec<DrawnCohort>,
}

/// A cohort, as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DrawnCohort {
    /// Its name: the key that marks its answers is committed to under the same.
    pub name: String,
    /// What it is for.
    pub role: KeyRole,
    /// Its weight in the draw; 0 for those that nobody is drawn into.
    pub weight: u32,
    /// Accounts or clusters in it.
    pub units: u64,
    /// Accounts in it.
    pub accounts: u64,
}
