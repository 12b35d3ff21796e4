//! Minutes in which everybody did something: releases, outages, limits that begin anew. Hours with such a minute test nobody.

use super::classes::Within;
use crate::traffic::{HOUR, HourMask, Traffic};

/// How many accounts were active in each minute, over everybody.
pub struct Population {
    minutes: Vec<u32>,
    hours: Vec<u64>,
    /// Each minute of the hour in the weeks that propose, over all hours that may be exchanged: those of each hour of the day, or all.
    habits: Vec<Habit>,
    /// Whether an hour is unusual in what everybody did.
    unusual: Vec<bool>,
    within: Within,
    /// The hours that propose: habits are those of these hours.
    before: u32,
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
        // Habits are those of the weeks that propose, which no exchange and no later day changes.
        let proposing = match traffic.proposing {
            0 => minutes.len(),
            weeks => (weeks * crate::traffic::WEEK) as usize,
        };
        let before = minutes[..proposing.min(minutes.len())].chunks(HOUR as usize);
        let before_hours = before.len() as u32;
        let own = (0..).zip(before.map(|own| std::array::from_fn(|minute| own[minute])));
        let mut population = Self {
            habits: habits_of(own, within),
            minutes,
            hours,
            unusual: vec![],
            within,
            before: before_hours,
        };
        let all = 0..population.hours.len() as u32;
        let unusual = all.map(|hour| population.is_unusual(hour, &[]));
        population.unusual = unusual.collect();
        population
    }

    /// Whether an hour has a minute that departs from what its hour and this minute of hours like it lead to expect, in what others than
    /// `but` did. Whoever is left out of the hour is left out of the habits too.
    ///
    /// A minute departs if others were active in it more than half as often again, or less than half as often, and by 8 standard deviations
    /// of a count. Only others' counts take part, and habits of the weeks before: so the choice of hours is the same for the group and for all of
    /// its surrogates, and for a log that goes on.
    fn is_unusual(&self, hour: u32, but: &[LeftOut<'_>]) -> bool {
        let from = (hour * HOUR) as usize;
        let class = self.within.class(hour) as usize;
        let mut habits = self.habits[class];
        let mut counts: Minutes = std::array::from_fn(|minute| self.minutes[from + minute]);
        for own in but {
            for (count, own) in counts.iter_mut().zip(own.minutes) {
                *count = count.saturating_sub(*own);
            }
            let own = own.habits.get(class).into_iter().flatten();
            for (habit, own) in habits.iter_mut().zip(own) {
                *habit = habit.saturating_sub(*own);
            }
        }
        let others: u64 = counts.iter().copied().map(u64::from).sum();
        let all: u64 = habits.iter().sum();
        if all == 0 || others == 0 {
            return false;
        }
        (0..60).any(|minute| {
            let count = f64::from(counts[minute]);
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

    /// The same, where in each hour whoever `beside` says is left out too; `alone` says it of hours in which these accounts did nothing.
    pub(crate) fn unusual_beside<'a>(
        &self,
        own: &[(u32, Minutes)],
        alone: &[bool],
        beside: impl Fn(u32) -> Option<LeftOut<'a>>,
    ) -> Vec<bool> {
        let mut unusual = alone.to_vec();
        let habits = self.habits_in(own);
        for (hour, minutes) in own {
            let own = LeftOut {
                minutes,
                habits: &habits,
            };
            let but = [Some(own), beside(*hour)];
            let but: Vec<LeftOut<'_>> = but.into_iter().flatten().collect();
            unusual[*hour as usize] = self.is_unusual(*hour, &but);
        }
        unusual
    }

    /// Of every hour, whether it is unusual without whoever is left out of it.
    pub(crate) fn unusual_but<'a>(&self, but: impl Fn(u32) -> Option<LeftOut<'a>>) -> Vec<bool> {
        let hours = 0..self.hours.len() as u32;
        let is = |hour: u32| match but(hour) {
            Some(own) => self.is_unusual(hour, &[own]),
            None => self.unusual[hour as usize],
        };
        hours.map(is).collect()
    }

    /// The habits of accounts that were active in these hours.
    pub(crate) fn habits_in(&self, own: &[(u32, Minutes)]) -> Vec<Habit> {
        let before = own.iter().take_while(|(hour, _)| *hour < self.before);
        habits_of(before.copied(), self.within)
    }
}

/// How often each minute of the hour was active in the weeks that propose.
pub(crate) type Habit = [u64; 60];

/// Accounts that are no part of everybody: what they did in an hour, and their habits, a class of hours each.
#[derive(Clone, Copy)]
pub(crate) struct LeftOut<'a> {
    pub(crate) minutes: &'a Minutes,
    pub(crate) habits: &'a [Habit],
}

fn habits_of(hours: impl Iterator<Item = (u32, Minutes)>, within: Within) -> Vec<Habit> {
    let mut habits = vec![[0; 60]; within.classes() as usize];
    for (hour, own) in hours {
        let sums = &mut habits[within.class(hour) as usize];
        for (sum, count) in sums.iter_mut().zip(own) {
            *sum += u64::from(count);
        }
    }
    habits
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
