//! What every set does.

use super::error::DedupError;
use super::units::Units;

/// A set of units that keeps the first of each.
///
/// Sealed: a set that kept other units than these do would make p-values invalid.
pub trait Dedup: Send + sealed::Sealed {
    /// Appends to `kept`, in order, those positions `at[i]` whose unit was not seen before, in this
    /// or an earlier call.
    ///
    /// The positions appended do not depend on the number of rayon threads, nor on how a stream is
    /// cut into calls.
    ///
    /// # Errors
    /// When units do not have the window of this set, or a position has no whole unit. The set and
    /// `kept` are then as before.
    fn keep_first(&mut self, units: Units<'_>, kept: &mut Vec<u32>) -> Result<(), DedupError>;

    /// Distinct units held.
    fn entries(&self) -> u64;

    /// Bytes of memory that the set itself takes, without scratch memory that could be dropped
    /// between calls.
    fn state_bytes(&self) -> u64;

    /// Expected number of fresh units that were taken for seen ones so far.
    fn expected_drops(&self) -> f64;
}

pub(super) mod sealed {
    /// Implemented by this folder's sets only.
    pub trait Sealed {}
}
