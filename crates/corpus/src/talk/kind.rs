//! What the strings of a turn are.

/// What a string of a turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The turn's text: its `content`, or a part of it.
    Text,
    /// An argument of the turn's call of a tool, which begins behind so many strings of the turn: the assistant wrote it.
    Call(u32),
    /// Thoughts, results, citations, names and the like.
    Other,
}
