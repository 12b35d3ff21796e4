//! Looks at a group over windows of some weeks: what was observed, among surrogates.

use super::classes::{Classes, Within, log10_arrangements};
use super::how::Test;
use super::random::Stream;
use super::room::{Count, Draws, Room};
use super::soft_rank::Evidence;
use crate::traffic::{HourMask, Traffic, WEEK_HOURS};
use std::ops::Range;

/// A group, and how it is looked at.
pub(super) struct Looks<'a> {
    pub(super) traffic: &'a Traffic,
    pub(super) unusual: &'a [bool],
    pub(super) group: &'a [u32],
    pub(super) how: &'a Test,
}

impl Looks<'_> {
    /// Hours of the weeks that test that take no part.
    pub(super) fn unusual_hours(&self) -> u64 {
        let first = (self.traffic.proposing * WEEK_HOURS) as usize;
        let hours = self.unusual.get(first..).unwrap_or_default();
        hours.iter().filter(|&&is| is).count() as u64
    }

    /// The group's hours in each window of so many weeks, with the week in which it begins.
    pub(super) fn rooms(&self, weeks: u32, within: Within) -> Vec<(u32, Room)> {
        let windows = self.how.windows(self.traffic, weeks);
        let rooms = windows.map(|weeks| (weeks.start, self.room(weeks, within)));
        rooms.collect()
    }

    fn room(&self, weeks: Range<u32>, within: Within) -> Room {
        let first = weeks.start * WEEK_HOURS;
        let classes = self.group.iter().map(|&account| {
            let hours = self.traffic.weeks(account, weeks.clone()).iter();
            let own = hours.filter(|hour| !self.unusual[hour.hour as usize]);
            let own = own.map(|hour| HourMask {
                hour: hour.hour - first,
                mask: hour.mask,
            });
            Classes::new(own, within)
        });
        Room::new(classes.collect())
    }

    /// Draws surrogates of each window, by streams of this look's own.
    pub(super) fn look(
        &self,
        rooms: &mut [(u32, Room)],
        what: &str,
        surrogates: u32,
        count: Count,
    ) -> Looked {
        let mut looked = Looked::new(self.group.len());
        for (from, room) in rooms {
            let names = self.group.iter();
            let names = names.map(|&account| &self.traffic.accounts[account as usize]);
            let seed = &self.how.seed;
            let streams = names.map(|own| Stream::new(seed, what, *from, own.pseudonym.0));
            let mut streams: Vec<Stream> = streams.collect();
            looked.take(&room.draws(&mut streams, surrogates, count));
        }
        looked
    }
}

/// log10 of in how many ways an account's hours can be exchanged in the windows that cover more weeks. All hours count, those too that take no
/// part in a test: which these are follows from other accounts' minutes, which a hypothesis may say nothing about.
pub(super) fn arrangements(traffic: &Traffic, account: u32, how: &Test) -> f64 {
    let weeks = how.weeks * if how.is_long(traffic) { 2 } else { 1 };
    let own = how.windows(traffic, weeks).map(|weeks| {
        let hours = traffic.weeks(account, weeks).iter().copied();
        log10_arrangements(hours, how.within)
    });
    own.sum()
}

/// What some windows show together.
pub(super) struct Looked {
    pub(super) group: Evidence,
    /// log10 of the product behind each window.
    pub(super) by_window: Vec<f64>,
    pub(super) members: Vec<Evidence>,
    pub(super) pairs: u64,
    pub(super) expected_pairs: f64,
    /// Of pairs: windows are drawn independently.
    pub(super) variance: f64,
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
