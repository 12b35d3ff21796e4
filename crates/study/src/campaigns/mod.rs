//! Made usage: innocents with everything that makes them look alike, and harvests; and how often a scan is wrong or right about them.
//!
//! The simulator is an opinion. That a scan accuses rarely follows from `docs/tests/exchange.md`, and these worlds try to break it.

mod confused;
mod crowd;
mod harvest;
mod people;
mod random;
mod runs;
mod world;
mod write;

pub use harvest::{Harvest, Pattern};
pub use runs::{CampaignRuns, RoleRate, Runs, run};
pub use world::{Made, Role, World, WorldPlan};
pub use write::write;

/// The plan of worlds in a file.
///
/// # Errors
/// When it is no plan.
pub fn plan(text: &str) -> Result<WorldPlan, toml::de::Error> {
    toml::from_str(text)
}
