//! What cannot be planned.

/// The most cells that are planned for.
pub const MOST_CELLS: u64 = 10_000_000_000;

/// A design for which there is no sample size.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PowerError {
    /// A value out of range.
    #[error("{field} = {found}: allowed is {allowed}")]
    Value {
        /// Which value.
        field: &'static str,
        /// What was found.
        found: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// No cell of the pilot has a weight.
    #[error("no cell of the pilot has a weight above 0: none of its windows is in the harvest")]
    NoWeight,
    /// More cells than are planned for.
    #[error(
        "a lift of {lift} needs about {cells:.1e} cells, more than the {MOST_CELLS} that are planned for"
    )]
    TooManyCells {
        /// The lift.
        lift: f64,
        /// Cells by the normal approximation.
        cells: f64,
    },
}
