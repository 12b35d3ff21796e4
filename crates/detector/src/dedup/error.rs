//! Why units were refused.

/// Why units were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DedupError {
    /// The caller mixed two profiles in one set.
    #[error(
        "this set holds units with windows of {held} ids and was given windows of {given}: \
         make one set for each window length"
    )]
    Window {
        /// The window of the set.
        held: usize,
        /// The window of the units.
        given: usize,
    },
    /// A position is too early for a whole window, or beyond the stream.
    #[error(
        "position at[{index}] = {at} has no whole unit: with a window of {window} in a stream of \
         {ids} ids, positions from {window} to below {ids} do; leave the others out"
    )]
    Position {
        /// Where in `at`.
        index: usize,
        /// The position.
        at: u32,
        /// The window of the units.
        window: usize,
        /// Number of ids in the stream.
        ids: usize,
    },
}
