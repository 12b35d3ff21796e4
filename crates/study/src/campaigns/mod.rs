//! Made usage: innocents with everything that makes them look alike, and harvests; and how often a scan is wrong or right about them.
//!
//! The simulator is an opinion. That a scan accuses rarely follows from `docs/tests/exchange.md`, and these worlds try to break it.

mod confused;
mod crowd;
mod harvest;
mod made;
mod people;
mod plan;
mod random;
mod runs;
mod world;
mod write;

pub use made::{Made, Role};
pub use plan::{Harvest, Pattern, WorldPlan, plan};
pub use runs::{CampaignRuns, RoleRate, Runs, run};
pub use world::World;
pub use write::write;
