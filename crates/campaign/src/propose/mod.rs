//! Which accounts may belong together: by what they share, never by the minutes that test them.

mod groups;
mod minutes;
mod pairs;

pub use groups::{Proposal, propose};
pub use pairs::{CutKind, family};

use crate::traffic::Traffic;

/// How groups are proposed.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// A value that more accounts share says nothing.
    pub cap: u32,
    /// Nor does one that more than one in so many accounts share, if these are more than [`LEAST_CAP`]: in a small log less is common.
    pub one_in: u32,
    /// Most pairs of accounts that are held in memory, or six for each account; beyond them caps fall, and the result says so.
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
            one_in: 10,
            pairs: 24_000_000,
            least: 5,
            most: 128,
        }
    }
}

/// What is shared by so few says something in any log.
pub const LEAST_CAP: u32 = 20;

impl Rules {
    /// The cap of a log.
    #[must_use]
    pub fn cap_of(&self, traffic: &Traffic) -> u32 {
        let share = traffic.known / self.one_in.max(1);
        self.cap.min(share.max(LEAST_CAP))
    }

    /// Most pairs that are held.
    fn pairs_of(&self, traffic: &Traffic) -> u64 {
        self.pairs.max(6 * u64::from(traffic.known))
    }
}
