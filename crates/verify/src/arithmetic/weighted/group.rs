//! Scores of one weight.

/// Scores that share a weight: how many, of words under independent keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) weight: i64,
    pub(crate) cells: u64,
}
