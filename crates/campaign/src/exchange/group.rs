//! A group over the windows that test: its own e-value, and one for each of its accounts.

use super::classes::{Classes, Within, log10_arrangements};
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

/// log10 of the least evidence that any list takes, rounded down: 1/α = 20.
const LEAST: f64 = 1.3;

/// Least weeks of a window in which hours of one hour of the week are exchanged: one week has none.
const WEEKLY: u32 = 2;

/// Most surrogates of each window of narrower exchanges: a window's evidence is below 1000 then, so that what happened within one window alone, such as a
/// timetable that alternates and was changed besides, puts nobody on a list at rate 0.001.
const NARROW: u32 = 999;

/// log10 of what a window must show by itself for a group to agree in it, about 5.
const AGAIN_SHOWN: f64 = 0.7;

impl Tested {
    /// What a look counted of the group.
    fn counted(&mut self, look: &Looked) {
        self.group = look.group;
        self.pairs = look.pairs;
        self.expected_pairs = look.expected_pairs;
        self.spread_pairs = libm::sqrt(look.variance);
    }

    /// log10 of the group's least evidence: whichever of the exchanges leaves its accounts' minutes as likely, its mean is at most 1.
    #[must_use]
    pub fn least_log10_e(&self) -> f64 {
        let narrower = self.narrower.iter().copied();
        narrower.fold(self.group.log10_e(), f64::min)
    }
}

/// A group as it was tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Whether a first look showed next to nothing: its e-value and those of its accounts are 0 for all lists, and what is said of it is that look's.
    pub is_screened_out: bool,
    /// Its evidence.
    pub group: Evidence,
    /// log10 of its evidence under narrower exchanges: within the hour of the week, so that a timetable that alternates by the day is a habit; and
    /// within one week, so that one that was changed in between is. Empty where its evidence is too little for any list.
    pub narrower: Vec<f64>,
    /// Whether it agrees within the hour of the week in one window alone, of two or more: what happens once is an event, or a timetable that
    /// alternates and was changed. Its e-value is 0 for all lists.
    pub is_once: bool,
    /// log10 of the product behind each window of `weeks` weeks.
    pub by_window: Vec<f64>,
    /// Each account's own, in the order of the group.
    pub members: Vec<Evidence>,
    /// For each account log10 of in how many ways its hours can be exchanged, whichever take part: no exchange changes it.
    pub arrangements: Vec<f64>,
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
        narrower: vec![],
        is_once: false,
        arrangements: group
            .iter()
            .map(|&own| arrangements(traffic, own, how))
            .collect(),
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
    let rooms = |weeks: u32, within: Within| -> Vec<(u32, Room)> {
        let windows = windows(traffic, how, weeks);
        let rooms = windows.map(|weeks| {
            let from = weeks.start;
            (from, room(traffic, unusual, group, weeks, within))
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
    let mut short = rooms(how.weeks, how.within);
    let mut long = rooms(2 * how.weeks, how.within);
    let is_long = is_long(traffic, how);
    let most = if is_long { &mut long } else { &mut short };
    for (_, room) in most.iter() {
        let (minutes, movable) = room.minutes();
        tested.minutes += minutes;
        tested.movable += movable;
    }
    if how.screen > 0 {
        let screened = look(most, "screen", how.screen, Count::Group);
        tested.is_screened_out = screened.group.log10_e() < LITTLE;
        tested.counted(&screened);
        if !tested.is_screened_out {
            let again = how.surrogates.min(AGAIN);
            let screened = look(most, "screen again", again, Count::Members);
            let show = screened.members.iter();
            let show = show.filter(|own| own.log10_e() >= SCREEN_MEMBER);
            tested.is_screened_out = show.count() < how.least.max(group.len().div_ceil(10));
            tested.counted(&screened);
        }
    }
    if tested.is_screened_out {
        return tested;
    }
    let looked = look(&mut short, "exchange", how.surrogates, count);
    let over_both = look(&mut long, "exchange, long", how.surrogates, count);
    tested.counted(if is_long { &over_both } else { &looked });
    tested.group = looked.group.average(&over_both.group);
    let members = looked.members.iter().zip(&over_both.members);
    tested.members = members.map(|(own, long)| own.average(long)).collect();
    tested.by_window.clone_from(&looked.by_window);
    if tested.group.log10_e() >= LEAST {
        let of = |within: Within, weeks: u32, what: &str| {
            let surrogates = how.surrogates.min(NARROW);
            look(&mut rooms(weeks, within), what, surrogates, Count::Group)
        };
        let weeks = how.weeks.max(WEEKLY);
        let weekly = of(Within::HourOfWeek, weeks, "hour of the week");
        let long = of(Within::HourOfWeek, 2 * weeks, "hour of the week, long");
        let of_week = of(Within::HourOfDay, 1, "one week");
        tested.narrower = vec![
            weekly.group.average(&long.group).log10_e(),
            of_week.group.log10_e(),
        ];
        // A window that is not over has hardly two hours of one hour of the week.
        let whole = (traffic.weeks - traffic.proposing) / weeks;
        let alone = weekly.alone.iter().take(whole as usize);
        tested.is_once = whole > 1 && alone.filter(|&&e| e >= AGAIN_SHOWN).count() < 2;
    }
    tested
}

/// Windows of so many weeks, of the weeks that test.
fn windows(traffic: &Traffic, how: &Test, weeks: u32) -> impl Iterator<Item = Range<u32>> {
    let (first, end, only_whole) = (traffic.proposing, traffic.weeks, how.only_whole);
    let starts = (first..end).step_by(weeks.max(1) as usize);
    let starts = starts.filter(move |from| !only_whole || from + weeks <= end);
    starts.map(move |from| from..end.min(from + weeks))
}

/// Whether long windows cover as much as short ones, so that they are screened and counted: unless the last of them is not over.
fn is_long(traffic: &Traffic, how: &Test) -> bool {
    let short = windows(traffic, how, how.weeks).count();
    short <= 2 * windows(traffic, how, 2 * how.weeks).count()
}

/// log10 of in how many ways an account's hours can be exchanged in the windows that cover more weeks. All hours count, those too that take no
/// part in a test: which these are follows from other accounts' minutes, which a hypothesis may say nothing about.
fn arrangements(traffic: &Traffic, account: u32, how: &Test) -> f64 {
    let weeks = how.weeks * if is_long(traffic, how) { 2 } else { 1 };
    let own = windows(traffic, how, weeks).map(|weeks| {
        let hours = traffic.weeks(account, weeks).iter().copied();
        log10_arrangements(hours, how.within)
    });
    own.sum()
}

/// What some windows show together.
struct Looked {
    group: Evidence,
    by_window: Vec<f64>,
    /// log10 of each window's own evidence.
    alone: Vec<f64>,
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
            alone: vec![],
            members: vec![Evidence::default(); accounts],
            pairs: 0,
            expected_pairs: 0.0,
            variance: 0.0,
        }
    }

    fn take(&mut self, draws: &Draws) {
        self.group.multiply(&draws.group);
        self.by_window.push(self.group.log10_e());
        let mut alone = Evidence::default();
        alone.multiply(&draws.group);
        self.alone.push(alone.log10_e());
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
