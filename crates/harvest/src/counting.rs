//! What an index keeps of each window.

use std::fmt;

/// What an index keeps of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// How often it occurred.
    Occurrences,
    /// In how many answers it occurred. A choice of the mark that leads back to its window adds nothing.
    Answers,
    /// When it was visited first: how many windows were read up to then. What T3r reads a log by.
    FirstVisits(Reading),
}

/// How a log of first visits was read: what the theorem of T3r needs, as far as reading shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Tokens are those that were sampled, by id, and not text that was cut into tokens again.
    pub as_sampled: bool,
    /// Answers stood in ascending order of a number that each of them has.
    pub in_order: bool,
    /// Sub-keys of the ring that marked the log: what is visited is a window under one of them. 1 without a ring.
    pub sub_keys: u8,
    /// Numbers between the first and the last that no answer has, and answers without a token: what a log looks like from which something was
    /// taken. Other cohorts' requests have numbers too.
    pub missing: u32,
}

/// Sub-keys that a ring has at most.
const MOST_SUB_KEYS: u8 = hallmark_core::profile::MAX_RING as u8;

impl Counting {
    pub(crate) fn to_bytes(self) -> [u8; 8] {
        match self {
            Self::Occurrences => [0; 8],
            Self::Answers => [1, 0, 0, 0, 0, 0, 0, 0],
            Self::FirstVisits(reading) => {
                let flags = u8::from(reading.in_order) << 1 | u8::from(reading.as_sampled);
                let [a, b, c, d] = reading.missing.to_le_bytes();
                let more = reading.sub_keys.saturating_sub(1);
                [2, flags, more, 0, a, b, c, d]
            }
        }
    }

    pub(crate) fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
        match bytes {
            [0, 0, 0, 0, 0, 0, 0, 0] => Some(Self::Occurrences),
            [1, 0, 0, 0, 0, 0, 0, 0] => Some(Self::Answers),
            [2, flags @ 0..4, more @ 0..MOST_SUB_KEYS, 0, a, b, c, d] => {
                Some(Self::FirstVisits(Reading {
                    as_sampled: flags & 1 != 0,
                    in_order: flags & 2 != 0,
                    sub_keys: more + 1,
                    missing: u32::from_le_bytes([a, b, c, d]),
                }))
            }
            _ => None,
        }
    }

    /// How its log was read, where windows have times instead of counts.
    #[must_use]
    pub fn first_visits(self) -> Option<Reading> {
        match self {
            Self::FirstVisits(reading) => Some(reading),
            Self::Occurrences | Self::Answers => None,
        }
    }
}

impl fmt::Display for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Occurrences => "occurrences",
            Self::Answers => "answers",
            Self::FirstVisits(_) => "first-visits",
        })
    }
}
