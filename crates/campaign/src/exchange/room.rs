//! One window of a group: its accounts' hours by class, and what is counted in each draw.

use super::classes::Classes;
use super::random::Stream;
use super::unusual::each_bit;
use crate::traffic::{HOUR, HourMask};
use std::collections::BTreeSet;

/// What was counted in a window: as observed, then in each surrogate.
pub(super) struct Draws {
    /// Pairs of accounts in one minute.
    pub(super) group: Vec<u64>,
    /// Each account's minutes in common with the others as they were observed; one number alone where it has nothing to exchange.
    pub(super) members: Vec<Vec<u64>>,
}

/// Whose draws are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// The group's.
    Group,
    /// The group's, and each account's own.
    Members,
}

/// A window of a group. Hours are numbered anew: first those in which anything can be exchanged.
pub(super) struct Room {
    pub(super) classes: Vec<Classes>,
    /// Accounts in each minute, of what stays.
    fixed: Vec<u16>,
    fixed_pairs: u64,
    /// The same, as observed.
    observed: Vec<u16>,
    pairs: u64,
    drawn: Vec<u16>,
}

impl Room {
    pub(super) fn new(mut classes: Vec<Classes>) -> Self {
        let moving: BTreeSet<u32> = classes.iter().flat_map(|own| own.hours.clone()).collect();
        let moving: Vec<u32> = moving.into_iter().collect();
        let fixed = classes.iter().flat_map(|own| &own.fixed);
        let fixed: BTreeSet<u32> = fixed.map(|hour| hour.hour).collect();
        let fixed: Vec<u32> = fixed
            .into_iter()
            .filter(|hour| moving.binary_search(hour).is_err())
            .collect();
        let place = |hour: u32| match moving.binary_search(&hour) {
            Ok(place) => place as u32,
            Err(_) => (moving.len() + fixed.partition_point(|&own| own < hour)) as u32,
        };
        for own in &mut classes {
            for hour in &mut own.hours {
                *hour = place(*hour);
            }
            for hour in &mut own.fixed {
                hour.hour = place(hour.hour);
            }
        }
        let minutes = |hours: usize| vec![0; hours * HOUR as usize];
        let mut room = Self {
            fixed: minutes(moving.len() + fixed.len()),
            fixed_pairs: 0,
            observed: vec![],
            pairs: 0,
            drawn: minutes(moving.len()),
            classes,
        };
        for hour in room.classes.iter().flat_map(|own| &own.fixed) {
            room.fixed_pairs += add(&mut room.fixed, hour.hour, hour.mask);
        }
        room.observed.clone_from(&room.fixed);
        room.pairs = room.fixed_pairs;
        for own in &room.classes {
            for (&hour, &mask) in own.hours.iter().zip(&own.observed) {
                room.pairs += add(&mut room.observed, hour, mask);
            }
        }
        room
    }

    /// Counts what was observed, and so many surrogates.
    pub(super) fn draws(&mut self, streams: &mut [Stream], surrogates: u32, count: Count) -> Draws {
        let Self {
            classes,
            fixed,
            observed,
            drawn,
            ..
        } = self;
        // A look does not depend on the ones before it.
        for own in classes.iter_mut() {
            own.drawn.clone_from(&own.observed);
        }
        let is_counted = |own: &Classes| count == Count::Members && !own.is_fixed();
        // What an account has in common with the others where nothing is exchanged.
        let stay: Vec<u64> = classes
            .iter()
            .map(|own| {
                let hours = own.fixed.iter();
                hours
                    .map(|hour| common(observed, hour.hour, hour.mask))
                    .sum()
            })
            .collect();
        let with_others = |own: &Classes| -> u64 {
            let hours = own.hours.iter().zip(&own.observed);
            hours
                .map(|(&hour, &mask)| common(observed, hour, mask))
                .sum()
        };
        let mut draws = Draws {
            group: vec![self.pairs],
            members: classes
                .iter()
                .zip(&stay)
                .map(|(own, stay)| vec![stay + with_others(own)])
                .collect(),
        };
        if classes.iter().all(Classes::is_fixed) {
            return draws;
        }
        let stays = &fixed[..drawn.len()];
        for _ in 0..surrogates {
            drawn.copy_from_slice(stays);
            let mut pairs = self.fixed_pairs;
            for (at, own) in classes.iter_mut().enumerate() {
                own.draw(&mut streams[at]);
                let mut meets = stay[at];
                for ((&hour, &mask), &was) in own.hours.iter().zip(&own.drawn).zip(&own.observed) {
                    let from = (hour * HOUR) as usize;
                    let counts = &mut drawn[from..][..HOUR as usize];
                    let others = &observed[from..][..HOUR as usize];
                    each_bit(mask, |bit| {
                        let count = &mut counts[bit as usize];
                        pairs += u64::from(*count);
                        *count += 1;
                        meets += u64::from(others[bit as usize]);
                    });
                    // In minutes of its own the account itself was counted.
                    meets -= u64::from((mask & was).count_ones());
                }
                if is_counted(own) {
                    draws.members[at].push(meets);
                }
            }
            draws.group.push(pairs);
        }
        draws
    }

    /// Active minutes, and those of them whose hour could be exchanged for another.
    pub(super) fn minutes(&self) -> (u64, u64) {
        let count = |mask: &u64| u64::from(mask.count_ones());
        let of_all = |hours: &HourMask| count(&hours.mask);
        let own = self.classes.iter();
        let movable: u64 = own.clone().flat_map(|own| &own.observed).map(count).sum();
        let fixed: u64 = own.flat_map(|own| &own.fixed).map(of_all).sum();
        (movable + fixed, movable)
    }
}

/// Adds an account's minutes of an hour, and counts the accounts that were there already.
fn add(counts: &mut [u16], hour: u32, mask: u64) -> u64 {
    let counts = &mut counts[(hour * HOUR) as usize..][..HOUR as usize];
    let mut pairs = 0;
    each_bit(mask, |bit| {
        let count = &mut counts[bit as usize];
        pairs += u64::from(*count);
        *count += 1;
    });
    pairs
}

/// How many others were active in the minutes of `mask`, in which the account itself was.
fn common(counts: &[u16], hour: u32, mask: u64) -> u64 {
    let counts = &counts[(hour * HOUR) as usize..][..HOUR as usize];
    let mut sum = 0;
    each_bit(mask, |bit| sum += u64::from(counts[bit as usize]) - 1);
    sum
}
