//! Pairs of accounts that were often active in one minute in which few were.

use super::Rules;
use super::pairs::Pair;
use crate::exchange::each_bit;
use crate::traffic::{DAY, HOUR, Traffic};
use rayon::prelude::*;

/// Most accounts of a minute that is quiet.
const FEW: usize = 8;

/// Most accounts of a minute that says anything.
const MOST: usize = 256;

/// Minutes that a pair must share, and days of them.
const MINUTES: usize = 4;
const DAYS: usize = 3;

/// No value: everybody who was active in a minute.
const ALL: u32 = u32::MAX;

/// Pairs that share minutes of the weeks that propose in which few were active, of everybody or, as in a large log no minute is quiet, of
/// those who have one value that many have, such as a user agent; or in which many more were than the minutes around lead to expect. Only pairs
/// that share more of them than chance would let one pair for twenty accounts. The weight is the number of minutes.
pub(crate) fn minutes(traffic: &Traffic, rules: &Rules) -> Vec<Pair> {
    let popular = popular(traffic, rules);
    let days = 0..traffic.proposing * 7;
    // How many cells of each size there are: where they have too many pairs, only smaller ones count.
    let each_day = days.clone().into_par_iter().map(|day| {
        let mut sizes = vec![0_u64; MOST + 1];
        each_cell(traffic, &popular, day, &mut |_, own| sizes[own.len()] += 1);
        sizes
    });
    let sizes = each_day.reduce(
        || vec![0; MOST + 1],
        |a, b| a.iter().zip(b).map(|(a, b)| a + b).collect(),
    );
    let pairs = |most: usize| -> u64 {
        let sizes = sizes[..=most].iter().zip(0_u64..);
        sizes
            .map(|(count, size)| count * size * size.saturating_sub(1) / 2)
            .sum()
    };
    let mut most = MOST;
    while pairs(most) > rules.pairs_of(traffic) && most > 1 {
        most = most * 3 / 4;
    }
    let mut met: Vec<(u64, u32)> = days
        .into_par_iter()
        .flat_map_iter(|day| {
            let mut met = vec![];
            each_cell(traffic, &popular, day, &mut |minute, own| {
                if own.len() > most {
                    return;
                }
                for (place, &(.., a)) in own.iter().enumerate() {
                    let pair = |&(.., b): &Active| (u64::from(a) << 32 | u64::from(b), minute);
                    met.extend(own[place + 1..].iter().map(pair));
                }
            });
            met
        })
        .collect();
    met.par_sort_unstable();
    met.dedup();
    let chance = Chance::new(traffic.accounts.len(), &met);
    let often = met.chunk_by(|a, b| a.0 == b.0).filter(|own| {
        let days = own.chunk_by(|a, b| a.1 / DAY == b.1 / DAY).count();
        own.len() >= MINUTES && days >= DAYS && chance.is_exceeded(accounts(own[0].0), own.len())
    });
    let pair = |own: &[(u64, u32)]| Pair {
        accounts: accounts(own[0].0),
        families: 1,
        weight: own.len() as u32,
    };
    often.map(pair).collect()
}

fn accounts(pair: u64) -> [u32; 2] {
    [(pair >> 32) as u32, pair as u32]
}

/// How often accounts meet, were it by how often each meets anybody.
struct Chance {
    meetings: Vec<u32>,
    all: f64,
    /// How many pairs there are for one that chance may make.
    pairs: f64,
}

impl Chance {
    fn new(accounts: usize, met: &[(u64, u32)]) -> Self {
        let mut meetings = vec![0; accounts];
        for &(pair, _) in met {
            for account in self::accounts(pair) {
                meetings[account as usize] += 1;
            }
        }
        let somebody = meetings.iter().filter(|&&own| own > 0).count() as f64;
        Self {
            meetings,
            all: 2.0 * met.len() as f64,
            pairs: 10.0 * somebody,
        }
    }

    /// Whether fewer than one pair for twenty accounts would meet so often (the bound of a Poisson tail by Chernoff).
    fn is_exceeded(&self, accounts: [u32; 2], times: usize) -> bool {
        let [a, b] = accounts.map(|account| f64::from(self.meetings[account as usize]));
        let (mean, times) = (a * b / self.all, times as f64);
        let tail = times - mean - times * libm::log(times / mean);
        times > mean && tail + libm::log(self.pairs) < 0.0
    }
}

/// Minute, value, account.
type Active = (u32, u32, u32);

/// Calls `f` with every minute of a day that says anything and those who were active in it, all of them or those of a value that many have.
fn each_cell(
    traffic: &Traffic,
    popular: &[(u32, u32)],
    day: u32,
    f: &mut dyn FnMut(u32, &[Active]),
) {
    let mut active: Vec<Active> = vec![];
    let hours = day * 24..(day + 1) * 24;
    for account in 0..traffic.accounts.len() as u32 {
        let own = traffic.hours(account);
        let at = |hour: u32| own.partition_point(|own| own.hour < hour);
        let own = &own[at(hours.start)..at(hours.end)];
        if own.is_empty() {
            continue;
        }
        let values = popular[popular.partition_point(|&(other, _)| other < account)..].iter();
        let values = values.take_while(|&&(other, _)| other == account);
        for hour in own {
            each_bit(hour.mask, |bit| {
                let minute = hour.hour * HOUR + bit;
                active.push((minute, ALL, account));
                active.extend(values.clone().map(|&(_, value)| (minute, value, account)));
            });
        }
    }
    active.sort_unstable();
    let usual = Usual::new(&active, day);
    for own in active.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (minute, value, _) = own[0];
        let says = match own.len() {
            0 | 1 => false,
            count if count <= FEW => true,
            count => value == ALL && count <= MOST && usual.is_exceeded(minute, count),
        };
        if says {
            f(minute, own);
        }
    }
}

/// Accounts with the values that too many have to propose anything, by account: one of each kind at most.
fn popular(traffic: &Traffic, rules: &Rules) -> Vec<(u32, u32)> {
    let cap = rules.cap_of(traffic) as usize;
    let values = traffic.links.chunk_by(|a, b| a.value == b.value);
    let values = values.filter(|own| own.len() > cap).flatten();
    let mut popular: Vec<(u32, u32)> = values.map(|link| (link.account, link.value)).collect();
    popular.par_sort_unstable();
    let kind = |value: u32| traffic.values[value as usize].kind;
    popular.dedup_by(|b, a| a.0 == b.0 && kind(a.1) == kind(b.1));
    popular
}

/// How many are active in an hour and in a minute of the hour, on one day.
struct Usual {
    hours: [u32; 24],
    minutes: [u32; 60],
    first: u32,
}

impl Usual {
    fn new(active: &[Active], day: u32) -> Self {
        let mut usual = Self {
            hours: [0; 24],
            minutes: [0; 60],
            first: day * DAY,
        };
        for &(minute, ..) in active.iter().filter(|(_, value, _)| *value == ALL) {
            let minute = minute - usual.first;
            usual.hours[(minute / HOUR) as usize] += 1;
            usual.minutes[(minute % HOUR) as usize] += 1;
        }
        usual
    }

    /// Whether many more were active in a minute than both its hour and this minute of other hours lead to expect.
    fn is_exceeded(&self, minute: u32, count: usize) -> bool {
        let minute = minute - self.first;
        let hour = f64::from(self.hours[(minute / HOUR) as usize]) / 60.0;
        let habit = f64::from(self.minutes[(minute % HOUR) as usize]) / 24.0;
        let expected = hour.max(habit);
        count as f64 > expected + 5.0 * libm::sqrt(expected) + 3.0
    }
}
