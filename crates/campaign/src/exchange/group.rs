//! A group over the windows that test: its own e-value, and one for each of its accounts.

use super::classes::{Classes, Within};
use super::random::Stream;
use super::room::{Count, Draws, Room};
use super::soft_rank::Evidence;
use crate::traffic::{HourMask, Traffic, WEEK_HOURS};
use std::ops::Range;

/// How groups are tested.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// Weeks of a window: hours are exchanged within it, and each window has an e-value. Windows of twice as many weeks are tested too, in
    /// which more hours have others to be exchanged for, and the two products are averaged.
    pub weeks: u32,
    /// Surrogates of each window.
    pub surrogates: u32,
    /// Surrogates of each window in a first look of its own, 0 for none. A group that shows next to nothing in it, or of which fewer than `least`
    /// accounts or a tenth show anything in a second, is cleared: its e-value is 0.
    pub screen: u32,
    /// Accounts of a group that must show something.
    pub least: usize,
    /// Whether windows that are not over test nothing: for who looks again and again.
    pub only_whole: bool,
    /// Which hours may be exchanged.
    pub within: Within,
    /// Draws them.
    pub seed: [u8; 32],
}

/// Surrogates of the first look that scans have.
pub const SCREEN: u32 = 99;

/// log10 of the evidence of the first look below which a group is cleared.
const LITTLE: f64 = 0.3;

/// Most surrogates of the second look, and log10 of what an account must show in it.
const AGAIN: u32 = 999;
const SCREEN_MEMBER: f64 = 1.0;

/// A group as it was tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Whether the first look showed next to nothing: its e-value and those of its accounts are 0, and nothing else was counted.
    pub is_screened_out: bool,
    /// Its evidence.
    pub group: Evidence,
    /// log10 of the product behind each window of `weeks` weeks.
    pub by_window: Vec<f64>,
    /// Each account's own, in the order of the group.
    pub members: Vec<Evidence>,
    /// Each account's active minutes in hours that could be exchanged for another: no exchange changes their number.
    pub movable_of: Vec<u64>,
    /// Pairs of accounts that were active in one minute.
    pub pairs: u64,
    /// The same of surrogates, on average.
    pub expected_pairs: f64,
    /// The standard deviation of the same.
    pub spread_pairs: f64,
    /// Active minutes that took part.
    pub minutes: u64,
    /// Those of them whose hour could be exchanged for another.
    pub movable: u64,
    /// Hours that took no part because everybody did something in a minute of them.
    pub unusual_hours: u64,
}

/// Tests a group (places of accounts) on every window of the weeks that test. `unusual` says of every hour whether it takes no part, as
/// [`Population::unusual_without`](super::Population::unusual_without) does of accounts among which the group is.
///
/// # Panics
/// For a group of more than 255 accounts; those that are proposed have 128 at most.
#[must_use]
pub fn test(traffic: &Traffic, unusual: &[bool], group: &[u32], how: &Test) -> Tested {
    tested(traffic, unusual, group, how, Count::Members)
}

/// The same of the group alone: its accounts have no evidence.
pub(crate) fn test_as_one(
    traffic: &Traffic,
    unusual: &[bool],
    group: &[u32],
    how: &Test,
) -> Tested {
    tested(traffic, unusual, group, how, Count::Group)
}

fn tested(traffic: &Traffic, unusual: &[bool], group: &[u32], how: &Test, count: Count) -> Tested {
    let mut tested = Tested {
        is_screened_out: false,
        group: Evidence::default(),
        by_window: vec![],
        members: vec![Evidence::default(); group.len()],
        movable_of: vec![0; group.len()],
        pairs: 0,
        expected_pairs: 0.0,
        spread_pairs: 0.0,
        minutes: 0,
        movable: 0,
        unusual_hours: 0,
    };
    let first = (traffic.proposing * WEEK_HOURS) as usize;
    let hours = unusual.get(first..).unwrap_or_default();
    tested.unusual_hours = hours.iter().filter(|&&is| is).count() as u64;
    let rooms = |weeks: u32| -> Vec<(u32, Room)> {
        let starts = (traffic.proposing..traffic.weeks).step_by(weeks.max(1) as usize);
        let starts = starts.filter(|from| !how.only_whole || from + weeks <= traffic.weeks);
        let rooms = starts.map(|from| {
            let weeks = from..traffic.weeks.min(from + weeks);
            (from, room(traffic, unusual, group, weeks, how.within))
        });
        rooms.collect()
    };
    let look = |rooms: &mut [(u32, Room)], what: &str, surrogates: u32, count: Count| {
        let mut looked = Looked::new(group.len());
        for (from, room) in rooms {
            let names = group
                .iter()
                .map(|&account| &traffic.accounts[account as usize]);
            let streams = names.map(|own| Stream::new(&how.seed, what, *from, own.pseudonym.0));
            let mut streams: Vec<Stream> = streams.collect();
            looked.take(&room.draws(&mut streams, surrogates, count));
        }
        looked
    };
    let mut short = rooms(how.weeks);
    let mut long = rooms(2 * how.weeks);
    // What covers more weeks is screened and counted: long windows, unless the last of them is not over.
    let is_long = short.len() as u32 <= 2 * long.len() as u32;
    let most = if is_long { &mut long } else { &mut short };
    for (_, room) in most.iter() {
        for (sum, own) in tested.movable_of.iter_mut().zip(&room.classes) {
            *sum += own.movable();
        }
    }
    if how.screen > 0 {
        let screened = look(most, "screen", how.screen, Count::Group);
        tested.is_screened_out = screened.group.log10_e() < LITTLE;
        if !tested.is_screened_out {
            let again = how.surrogates.min(AGAIN);
            let screened = look(most, "screen again", again, Count::Members);
            let show = screened.members.iter();
            let show = show.filter(|own| own.log10_e() >= SCREEN_MEMBER);
            tested.is_screened_out = show.count() < how.least.max(group.len().div_ceil(10));
        }
    }
    if tested.is_screened_out {
        return tested;
    }
    let looked = look(&mut short, "exchange", how.surrogates, count);
    let over_both = look(&mut long, "exchange, long", how.surrogates, count);
    tested.group = looked.group.average(&over_both.group);
    let members = looked.members.iter().zip(&over_both.members);
    tested.members = members.map(|(own, long)| own.average(long)).collect();
    tested.by_window.clone_from(&looked.by_window);
    let (counted, rooms) = match is_long {
        true => (over_both, &long),
        false => (looked, &short),
    };
    tested.pairs = counted.pairs;
    tested.expected_pairs = counted.expected_pairs;
    tested.spread_pairs = libm::sqrt(counted.variance);
    for (_, room) in rooms {
        let (minutes, movable) = room.minutes();
        tested.minutes += minutes;
        tested.movable += movable;
    }
    tested
}

/// What some windows show together.
struct Looked {
    group: Evidence,
    by_window: Vec<f64>,
    members: Vec<Evidence>,
    pairs: u64,
    expected_pairs: f64,
    /// Of pairs: windows are drawn independently.
    variance: f64,
}

impl Looked {
    fn new(accounts: usize) -> Self {
        Self {
            group: Evidence::default(),
            by_window: vec![],
            members: vec![Evidence::default(); accounts],
            pairs: 0,
            expected_pairs: 0.0,
            variance: 0.0,
        }
    }

    fn take(&mut self, draws: &Draws) {
        self.group.multiply(&draws.group);
        self.by_window.push(self.group.log10_e());
        for (evidence, own) in self.members.iter_mut().zip(&draws.members) {
            evidence.multiply(own);
        }
        self.pairs += draws.group[0];
        let (mean, variance) = match &draws.group[1..] {
            [] => (draws.group[0] as f64, 0.0),
            own => {
                let mean = own.iter().sum::<u64>() as f64 / own.len() as f64;
                let squares = own.iter().map(|&draw| (draw as f64 - mean).powi(2));
                (mean, squares.sum::<f64>() / own.len() as f64)
            }
        };
        self.expected_pairs += mean;
        self.variance += variance;
    }
}

/// A group's hours in some weeks.
fn room(
    traffic: &Traffic,
    unusual: &[bool],
    group: &[u32],
    weeks: Range<u32>,
    within: Within,
) -> Room {
    let first = weeks.start * WEEK_HOURS;
    let classes = group.iter().map(|&account| {
        let hours = traffic.weeks(account, weeks.clone()).iter();
        let own = hours.filter(|hour| !unusual[hour.hour as usize]);
        let own = own.map(|hour| HourMask {
            hour: hour.hour - first,
            mask: hour.mask,
        });
        Classes::new(own, within)
    });
    Room::new(classes.collect())
}
