//! Cells by their weight.

use serde::{Deserialize, Serialize};

/// The largest absolute weight: 2²⁰.
pub const MAX_WEIGHT: u64 = 1 << 20;

/// Cells that share a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// A whole number, negative too; at most [`MAX_WEIGHT`] in absolute value.
    pub weight: i64,
    /// How many distinct cells have it.
    pub cells: u64,
}
