//! A group over the windows that test: its own e-value, and one for each of its accounts.

use super::classes::Within;
use super::how::Test;
use super::look::{Looked, Looks, arrangements};
use super::room::Count;
use super::soft_rank::Evidence;
use crate::traffic::Traffic;

/// Surrogates of the first look that scans have.
pub const SCREEN: u32 = 99;

/// log10 of the evidence of the first look below which a group is cleared.
const LITTLE: f64 = 0.3;

/// Most surrogates of the second look, and log10 of what an account must show in it.
const AGAIN: u32 = 999;
const SCREEN_MEMBER: f64 = 1.0;

/// log10 of the least evidence of a group that a list takes, rounded down: 1/α = 20 with equal weights. What is below it is tested no further, and
/// counts as 0 whatever it weighs.
pub(crate) const LEAST: f64 = 1.3;

/// A group as it was tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Whether a first look showed next to nothing: its e-value and those of its accounts are 0 for all lists, and what is said of it is that look's.
    pub is_screened_out: bool,
    /// Its evidence.
    pub group: Evidence,
    /// log10 of its evidence where what it does in each five minutes stays ([`Within::FiveMinutes`] of the clock), so that timetables are habits however they
    /// change; none where its evidence is too little for any list.
    pub finer: Option<f64>,
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

impl Tested {
    /// log10 of the evidence with which a group is a hypothesis, the lesser of both exchanges'; none where it was cleared by a screen. Whichever
    /// of them leaves its accounts' minutes as likely, the mean is at most 1, as screens make it only smaller.
    #[must_use]
    pub fn least_log10_e(&self) -> Option<f64> {
        let own = self.group.log10_e();
        let is_cleared = self.is_screened_out || own < LEAST;
        (!is_cleared).then(|| self.finer.map_or(own, |finer| own.min(finer)))
    }
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
    let looks = Looks {
        traffic,
        unusual,
        group,
        how,
    };
    let ways = group.iter().map(|&own| arrangements(traffic, own, how));
    let mut tested = Tested {
        is_screened_out: false,
        group: Evidence::default(),
        by_window: vec![],
        members: vec![Evidence::default(); group.len()],
        finer: None,
        arrangements: ways.collect(),
        pairs: 0,
        expected_pairs: 0.0,
        spread_pairs: 0.0,
        minutes: 0,
        movable: 0,
        unusual_hours: looks.unusual_hours(),
    };
    let mut short = looks.rooms(how.weeks, how.within);
    let mut long = looks.rooms(2 * how.weeks, how.within);
    let is_long = how.is_long(traffic);
    let most = if is_long { &mut long } else { &mut short };
    for (_, room) in most.iter() {
        let (minutes, movable) = room.minutes();
        tested.minutes += minutes;
        tested.movable += movable;
    }
    if how.screen > 0 {
        let screened = looks.look(most, "screen", how.screen, Count::Group);
        tested.is_screened_out = screened.group.log10_e() < LITTLE;
        tested.counted(&screened);
        if !tested.is_screened_out {
            let again = how.surrogates.min(AGAIN);
            let screened = looks.look(most, "screen again", again, Count::Members);
            let show = screened.members.iter();
            let show = show.filter(|own| own.log10_e() >= SCREEN_MEMBER);
            tested.is_screened_out = show.count() < how.least.max(group.len().div_ceil(10));
            tested.counted(&screened);
        }
    }
    if tested.is_screened_out {
        return tested;
    }
    let looked = looks.look(&mut short, "exchange", how.surrogates, count);
    let over_both = looks.look(&mut long, "exchange, long", how.surrogates, count);
    tested.counted(if is_long { &over_both } else { &looked });
    tested.group = looked.group.average(&over_both.group);
    let members = looked.members.iter().zip(&over_both.members);
    tested.members = members.map(|(own, long)| own.average(long)).collect();
    tested.by_window = looked.by_window;
    if tested.group.log10_e() >= LEAST {
        let behind = traffic.origin.rem_euclid(5) as u32;
        let finer = |weeks: u32, what: &str| {
            let mut rooms = looks.rooms(weeks, Within::FiveMinutes { behind });
            looks
                .look(&mut rooms, what, how.surrogates, Count::Group)
                .group
        };
        let short = finer(how.weeks, "five minutes");
        let long = finer(2 * how.weeks, "five minutes, long");
        tested.finer = Some(short.average(&long).log10_e());
    }
    tested
}

impl Tested {
    /// What a look counted of the group.
    fn counted(&mut self, look: &Looked) {
        self.group = look.group;
        self.pairs = look.pairs;
        self.expected_pairs = look.expected_pairs;
        self.spread_pairs = libm::sqrt(look.variance);
    }
}
