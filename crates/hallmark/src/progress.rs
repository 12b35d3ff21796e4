//! Progress of long work, told to whoever has a screen.

/// How far a piece of work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// What is being done.
    pub what: &'a str,
    /// How much of it is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub all: Option<u64>,
}

/// Tells nobody.
pub fn silent(_: Step<'_>) {}
