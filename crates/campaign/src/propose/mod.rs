//! Which accounts may belong together: by what they share, never by the minutes that test them.

mod groups;
mod pairs;

pub use groups::{Proposal, propose};
pub use pairs::{CutKind, family};

/// How groups are proposed.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// A value that more accounts share says nothing.
    pub cap: u32,
    /// Most pairs of accounts that are held in memory; beyond them caps fall, and the result says so.
    pub pairs: u64,
    /// Smaller groups are not tested.
    pub least: usize,
    /// Larger groups are taken apart where their ties are weakest.
    pub most: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            cap: 200,
            pairs: 60_000_000,
            least: 5,
            most: 128,
        }
    }
}
