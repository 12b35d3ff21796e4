//! Minutes in which everybody did something: releases, outages, limits that begin anew. Hours with such a minute test nobody.

use crate::traffic::{HOUR, Traffic};

/// How many accounts were active in each minute, over everybody.
pub struct Population {
    minutes: Vec<u32>,
    hours: Vec<u64>,
    /// Each minute of the hour over all hours.
    habits: [u64; 60],
    all: u64,
}

impl Population {
    /// Counts everybody.
    #[must_use]
    pub fn new(traffic: &Traffic) -> Self {
        let mut minutes = vec![0; (traffic.weeks * crate::traffic::WEEK) as usize];
        for hour in &traffic.hours {
            let from = hour.hour * HOUR;
            each_bit(hour.mask, |bit| minutes[(from + bit) as usize] += 1);
        }
        let hours: Vec<u64> = minutes
            .chunks(HOUR as usize)
            .map(|own| own.iter().copied().map(u64::from).sum())
            .collect();
        let mut habits = [0; 60];
        for own in minutes.chunks(HOUR as usize) {
            for (sum, &count) in habits.iter_mut().zip(own) {
                *sum += u64::from(count);
            }
        }
        Self {
            all: hours.iter().sum(),
            minutes,
            hours,
            habits,
        }
    }

    /// Whether an hour has a minute that departs from what its hour and this minute of other hours lead to expect, in what `others` than
    /// `own` (a group's accounts in each minute of the hour) did.
    ///
    /// A minute departs if others were active in it more than half as often again, or less than half as often, and by 8 standard deviations
    /// of a count. Only sums of the group take part that no exchange changes, and others' counts: so the choice of hours is
    /// the same for the group and for all of its surrogates.
    fn is_unusual(&self, hour: u32, own: &[u32; 60]) -> bool {
        let from = (hour * HOUR) as usize;
        let own_sum: u64 = own.iter().copied().map(u64::from).sum();
        let others = self.hours[hour as usize].saturating_sub(own_sum);
        if self.all == 0 || others == 0 {
            return false;
        }
        (0..60).any(|minute| {
            let count = f64::from(self.minutes[from + minute].saturating_sub(own[minute]));
            let share = self.habits[minute] as f64 / self.all as f64;
            let expected = others as f64 * share;
            let noise = 8.0 * libm::sqrt(expected + 1.0);
            count > 1.5 * expected + noise || count < 0.5 * expected - noise
        })
    }

    /// Of every hour, whether it is unusual in what others than these accounts did.
    #[must_use]
    pub fn unusual_without(&self, traffic: &Traffic, accounts: &[u32]) -> Vec<bool> {
        let mut own = vec![[0_u32; 60]; self.hours.len()];
        for hour in accounts.iter().flat_map(|&account| traffic.hours(account)) {
            let counts = &mut own[hour.hour as usize];
            each_bit(hour.mask, |bit| counts[bit as usize] += 1);
        }
        let hours = own.iter().zip(0_u32..);
        hours
            .map(|(own, hour)| self.is_unusual(hour, own))
            .collect()
    }
}

/// Calls `f` with every bit that is set.
pub(crate) fn each_bit(mut mask: u64, mut f: impl FnMut(u32)) {
    while mask != 0 {
        f(mask.trailing_zeros());
        mask &= mask - 1;
    }
}
