//! One window of a group: its accounts' hours by class, and what is counted in each draw.

use super::classes::Classes;
use super::lines::{Line, MOST, pairs, sum_in, vectorised};
use super::random::Stream;
use crate::traffic::HourMask;
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
    /// Accounts in each minute, of what stays: of hours in which something moves.
    fixed: Vec<Line>,
    /// Pairs of accounts in minutes of the other hours.
    still_pairs: u64,
    /// Accounts in each minute of all hours, as observed.
    observed: Vec<Line>,
    drawn: Vec<Line>,
}

impl Room {
    /// # Panics
    /// For more accounts than a line counts.
    pub(super) fn new(mut classes: Vec<Classes>) -> Self {
        assert!(classes.len() <= MOST, "a group has at most {MOST} accounts");
        let moving: BTreeSet<u32> = classes.iter().flat_map(|own| own.hours.clone()).collect();
        let moving: Vec<u32> = moving.into_iter().collect();
        let fixed = classes.iter().flat_map(|own| &own.fixed);
        let fixed: BTreeSet<u32> = fixed.map(|hour| hour.hour).collect();
        let still: Vec<u32> = fixed
            .into_iter()
            .filter(|hour| moving.binary_search(hour).is_err())
            .collect();
        let place = |hour: u32| match moving.binary_search(&hour) {
            Ok(place) => place as u32,
            Err(_) => (moving.len() + still.partition_point(|&own| own < hour)) as u32,
        };
        for own in &mut classes {
            for hour in &mut own.hours {
                *hour = place(*hour);
            }
            for hour in &mut own.fixed {
                hour.hour = place(hour.hour);
            }
        }
        let mut fixed = vec![Line::EMPTY; moving.len() + still.len()];
        for hour in classes.iter().flat_map(|own| &own.fixed) {
            fixed[hour.hour as usize].add(&Line::pattern(hour.mask));
        }
        let mut observed = fixed.clone();
        for own in &classes {
            for (&hour, pattern) in own.hours.iter().zip(&own.patterns) {
                observed[hour as usize].add(pattern);
            }
        }
        let still_pairs = pairs(&fixed[moving.len()..]);
        fixed.truncate(moving.len());
        Self {
            drawn: fixed.clone(),
            fixed,
            still_pairs,
            observed,
            classes,
        }
    }

    /// Counts what was observed, and so many surrogates.
    pub(super) fn draws(&mut self, streams: &mut [Stream], surrogates: u32, count: Count) -> Draws {
        vectorised(
            #[inline(always)]
            || self.counted(streams, surrogates, count),
        )
    }

    #[inline(always)]
    fn counted(&mut self, streams: &mut [Stream], surrogates: u32, count: Count) -> Draws {
        let Self {
            classes,
            fixed,
            observed,
            drawn,
            still_pairs,
        } = self;
        // A look does not depend on the ones before it.
        classes.iter_mut().for_each(Classes::restore);
        let is_counted = |own: &Classes| count == Count::Members && !own.is_fixed();
        // What an account has in common with the others where nothing is exchanged.
        let stay = classes.iter().map(|own| -> u64 {
            let hours = own.fixed.iter().map(|hour| (hour.hour, hour.mask));
            hours
                .map(|(hour, mask)| common(&observed[hour as usize], mask))
                .sum()
        });
        let stay: Vec<u64> = stay.collect();
        let with_others = |own: &Classes| -> u64 {
            let hours = own.hours.iter().zip(&own.observed);
            hours
                .map(|(&hour, &mask)| common(&observed[hour as usize], mask))
                .sum()
        };
        let mut draws = Draws {
            group: vec![pairs(observed)],
            members: classes
                .iter()
                .zip(&stay)
                .map(|(own, stay)| vec![stay + with_others(own)])
                .collect(),
        };
        if classes.iter().all(Classes::is_fixed) {
            return draws;
        }
        for _ in 0..surrogates {
            drawn.copy_from_slice(fixed);
            for (at, own) in classes.iter_mut().enumerate() {
                own.draw(&mut streams[at]);
                let (hours, patterns) = (&own.hours[..], &own.patterns[..]);
                let (observed_masks, places) = (&own.observed[..], &own.drawn[..]);
                for (&hour, &place) in hours.iter().zip(places) {
                    drawn[hour as usize].add(&patterns[place as usize]);
                }
                if is_counted(own) {
                    let now = hours.iter().zip(places);
                    let meets = sum_in(now.map(|(&hour, &place)| {
                        (&observed[hour as usize], &patterns[place as usize])
                    }));
                    // In minutes of its own the account itself was counted.
                    let both = places.iter().zip(observed_masks);
                    let itself = both.map(|(&place, &was)| {
                        u64::from((observed_masks[place as usize] & was).count_ones())
                    });
                    draws.members[at].push(stay[at] + meets - itself.sum::<u64>());
                }
            }
            draws.group.push(*still_pairs + pairs(drawn));
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

/// How many others were active in the minutes of `mask`, in which the account itself was.
fn common(counts: &Line, mask: u64) -> u64 {
    sum_in([(counts, &Line::pattern(mask))].into_iter()) - u64::from(mask.count_ones())
}
