//! Which positions an engine marks.

use crate::cells::TokenId;

/// Which positions an engine marks, and what it takes for the tokens before the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// What stands before the response.
    pub before: Before,
    /// What happens to a window that occurred already.
    pub repeats: Repeats,
}

/// What stands before the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: positions without a full window of generated tokens are not marked.
    Nothing,
    /// As many of this token as a window has.
    Filling(TokenId),
    /// The end of the prompt.
    Prompt,
}

/// What happens to a window that occurred already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// It is not marked again in this response.
    Unmarked,
    /// It is not marked again if it stood before one of the last so many tokens.
    UnmarkedWithin(usize),
    /// It is marked like any other.
    Marked,
}

impl Habits {
    /// Those of native marks.
    pub const NATIVE: Self = Self {
        before: Before::Nothing,
        repeats: Repeats::Unmarked,
    };
}
