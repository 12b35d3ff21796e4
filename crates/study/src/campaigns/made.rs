//! An account of a world.

/// What an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Somebody by themselves.
    Person,
    /// Somebody who shares an address, and a card.
    Household,
    /// Somebody in a firm.
    Firm,
    /// Somebody on a campus.
    Campus,
    /// A pupil of a class.
    Pupil,
    /// A job at a minute of the hour.
    Cron,
    /// A nightly job.
    Nightly,
    /// An agent.
    Agent,
    /// Many customers over one account.
    Reseller,
    /// An account of a harvest.
    Harvest(u32),
}

/// An account with what it did.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it is.
    pub role: Role,
    /// The minutes of its requests since the world began, in no order.
    pub minutes: Vec<u32>,
    /// Kinds and values that it has.
    pub attributes: Vec<(&'static str, u64)>,
}

impl Made {
    pub(super) fn set(&mut self, kind: &'static str, value: u64) {
        self.attributes.retain(|(own, _)| *own != kind);
        self.attributes.push((kind, value));
    }
}
