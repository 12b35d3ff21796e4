//! Minutes in which everybody did something: releases, outages, limits that begin anew. Hours with such a minute test nobody.

use super::classes::Within;
use crate::traffic::{HOUR, HourMask, Traffic};

/// How many accounts were active in each minute, over everybody.
pub struct Population {
    minutes: Vec<u32>,
    hours: Vec<u64>,
    /// Each minute of the hour in the weeks that propose, over all hours that may be exchanged: those of each hour of the day, or all.
    habits: Vec<[u64; 60]>,
    /// Whether an hour is unusual in what everybody did.
    unusual: Vec<bool>,
}

impl Population {
    /// Counts everybody.
    #[must_use]
    pub fn new(traffic: &Traffic, within: Within) -> Self {
        let mut minutes = vec![0; (traffic.weeks * crate::traffic::WEEK) as usize];
        for hour in &traffic.hours {
            let from = hour.hour * HOUR;
            each_bit(hour.mask, |bit| minutes[(from + bit) as usize] += 1);
        }
        let hours: Vec<u64> = minutes
            .chunks(HOUR as usize)
            .map(|own| own.iter().copied().map(u64::from).sum())
            .collect();
        let mut habits = match within {
            Within::HourOfDay => vec![[0; 60]; 24],
            Within::Window => vec![[0; 60]],
        };
        let kinds = habits.len();
        // Habits are those of the weeks that propose, which no exchange and no later day changes.
        let proposing = match traffic.proposing {
            0 => minutes.len(),
            weeks => (weeks * crate::traffic::WEEK) as usize,
        };
        let before = minutes[..proposing.min(minutes.len())].chunks(HOUR as usize);
        for (hour, own) in before.enumerate() {
            for (sum, &count) in habits[hour % kinds].iter_mut().zip(own) {
                *sum += u64::from(count);
            }
        }
        let mut population = Self {
            minutes,
            hours,
            habits,
            unusual: vec![],
        };
        let all = 0..population.hours.len() as u32;
        let unusual = all.map(|hour| population.is_unusual(hour, &[0; 60]));
        population.unusual = unusual.collect();
        population
    }

    /// Whether an hour has a minute that departs from what its hour and this minute of hours like it lead to expect, in what `others` than
    /// `own` (a group's accounts in each minute of the hour) did.
    ///
    /// A minute departs if others were active in it more than half as often again, or less than half as often, and by 8 standard deviations
    /// of a count. Only others' counts take part, and habits of the weeks before: so the choice of hours is the same for the group and for all of
    /// its surrogates, and for a log that goes on.
    fn is_unusual(&self, hour: u32, own: &[u32; 60]) -> bool {
        let from = (hour * HOUR) as usize;
        let own_sum: u64 = own.iter().copied().map(u64::from).sum();
        let others = self.hours[hour as usize].saturating_sub(own_sum);
        let habits = &self.habits[hour as usize % self.habits.len()];
        let all: u64 = habits.iter().sum();
        if all == 0 || others == 0 {
            return false;
        }
        (0..60).any(|minute| {
            let count = f64::from(self.minutes[from + minute].saturating_sub(own[minute]));
            let share = habits[minute] as f64 / all as f64;
            let expected = others as f64 * share;
            let noise = 8.0 * libm::sqrt(expected + 1.0);
            count > 1.5 * expected + noise || count < 0.5 * expected - noise
        })
    }

    /// Of every hour, whether it is unusual in what others than these accounts did.
    #[must_use]
    pub fn unusual_without(&self, traffic: &Traffic, accounts: &[u32]) -> Vec<bool> {
        self.unusual_beside(&active(traffic, accounts), &self.unusual, |_| None)
    }

    /// The same, where in each hour what `beside` says did not happen either; `alone` says it of hours in which these accounts did nothing.
    pub(crate) fn unusual_beside<'a>(
        &self,
        own: &[(u32, Minutes)],
        alone: &[bool],
        beside: impl Fn(u32) -> Option<&'a Minutes>,
    ) -> Vec<bool> {
        let mut unusual = alone.to_vec();
        for (hour, counts) in own {
            let mut counts = *counts;
            for (sum, count) in counts.iter_mut().zip(beside(*hour).into_iter().flatten()) {
                *sum += count;
            }
            unusual[*hour as usize] = self.is_unusual(*hour, &counts);
        }
        unusual
    }

    /// Of every hour, whether it is unusual without what happened in one place each.
    pub(crate) fn unusual_but<'a>(&self, but: impl Fn(u32) -> Option<&'a Minutes>) -> Vec<bool> {
        let hours = 0..self.hours.len() as u32;
        let is = |hour: u32| match but(hour) {
            Some(counts) => self.is_unusual(hour, counts),
            None => self.unusual[hour as usize],
        };
        hours.map(is).collect()
    }
}

/// How many accounts were active in each minute of an hour.
pub(crate) type Minutes = [u32; 60];

/// The hours in which accounts were active, with how many of them in each minute.
pub(crate) fn active(traffic: &Traffic, accounts: &[u32]) -> Vec<(u32, Minutes)> {
    let own = accounts.iter().flat_map(|&account| traffic.hours(account));
    let mut own: Vec<HourMask> = own.copied().collect();
    own.sort_unstable_by_key(|hour| hour.hour);
    let hours = own.chunk_by(|a, b| a.hour == b.hour).map(|own| {
        let mut counts = [0; 60];
        for hour in own {
            each_bit(hour.mask, |bit| counts[bit as usize] += 1);
        }
        (own[0].hour, counts)
    });
    hours.collect()
}

/// Calls `f` with every bit that is set.
pub(crate) fn each_bit(mut mask: u64, mut f: impl FnMut(u32)) {
    while mask != 0 {
        f(mask.trailing_zeros());
        mask &= mask - 1;
    }
}
