//! What was read: for each account the minutes in which it was active, and what it shares with others. No text of any log is in it.

mod builder;
mod hole;
mod sound;

pub use builder::{Builder, Parts};
pub(crate) use hole::{QUIET_WEEKS, day_of, hole_of};

use crate::pseudonym::Pseudonym;
use std::ops::Range;

/// Minutes of an hour, of a day, and of a week.
pub const HOUR: u32 = 60;
/// Minutes of a day.
pub const DAY: u32 = 24 * HOUR;
/// Minutes of a week.
pub const WEEK: u32 = 7 * DAY;
/// Hours of a week.
pub const WEEK_HOURS: u32 = WEEK / HOUR;

/// An hour with its active minutes: bit m is minute m.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourMask {
    /// Hours since the beginning of the first window.
    pub hour: u32,
    /// Its active minutes.
    pub mask: u64,
}

/// An account, or a declared organisation with all of its accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its pseudonym.
    pub pseudonym: Pseudonym,
    /// How many accounts it stands for: 1, or those of a declared organisation.
    pub accounts: u32,
    /// Whether it is a declared organisation.
    pub is_unit: bool,
}

/// That an account has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The value: a place in [`Traffic::values`].
    pub value: u32,
    /// The account: a place in [`Traffic::accounts`].
    pub account: u32,
}

/// When an account first used a value of a kind that has few of them, such as a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TakenUp {
    /// The value: a place in [`Traffic::values`].
    pub value: u32,
    /// The account: a place in [`Traffic::accounts`].
    pub account: u32,
    /// Minutes since the first window began.
    pub minute: u32,
}

/// Kinds that have no more values say who uses which, and since when.
pub const FEW: usize = 32;

/// A value that accounts may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its kind: a place in [`Traffic::kinds`].
    pub kind: u16,
    /// Its pseudonym.
    pub pseudonym: Pseudonym,
}

/// What was read, in one order whatever the order of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Accounts, by pseudonym.
    pub accounts: Vec<Account>,
    /// Where each account's hours begin in `hours`, and where the last one's end.
    pub(crate) starts: Vec<usize>,
    pub(crate) hours: Vec<HourMask>,
    /// Accounts that were active in the weeks that propose, or have a value: later ones change no proposal.
    pub known: u32,
    /// Kinds of values, by name.
    pub kinds: Vec<String>,
    /// Values by kind and pseudonym.
    pub values: Vec<Value>,
    /// Who has which value, by value and account; only what was known before the first window of the tests.
    pub links: Vec<Link>,
    /// Who first used which value when, by value and account, in all weeks: of kinds that have at most [`FEW`] values. It proposes and
    /// tests nothing.
    pub taken_up: Vec<TakenUp>,
    /// Windows: weeks from the first on.
    pub weeks: u32,
    /// How many of them, from the first, propose groups. The others test.
    pub proposing: u32,
    /// The minute since 1970 at which the first window begins.
    pub origin: i64,
    /// Requests that were read.
    pub requests: u64,
    /// Links that were left out because they were first seen while the tests ran.
    pub late_links: u64,
    /// Accounts that name several organisations; each counts to the first by pseudonym.
    pub several_units: u64,
}

impl Traffic {
    /// An account's hours, by time.
    #[must_use]
    pub fn hours(&self, account: u32) -> &[HourMask] {
        let account = account as usize;
        &self.hours[self.starts[account]..self.starts[account + 1]]
    }

    /// An account's hours of some weeks.
    #[must_use]
    pub fn weeks(&self, account: u32, weeks: Range<u32>) -> &[HourMask] {
        let hours = self.hours(account);
        let at = |week: u32| hours.partition_point(|hour| hour.hour < week * WEEK_HOURS);
        &hours[at(weeks.start)..at(weeks.end)]
    }

    /// An account's active minutes.
    #[must_use]
    pub fn minutes(&self, account: u32) -> u64 {
        let hours = self.hours(account).iter();
        hours.map(|hour| u64::from(hour.mask.count_ones())).sum()
    }
}
