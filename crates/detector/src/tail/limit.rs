//! How much a tail accepts.

/// The largest number of trials or cells that a tail accepts: 2⁴⁶ (7e13).
///
/// Beyond it the stated error bounds no longer hold and a tail near the mean would take longer
/// than a second.
pub const MAX_CELLS: u64 = 1 << 46;
