//! A group over the windows that test: its own e-value, and one for each of its accounts.

use super::classes::{Classes, Within};
use super::random::Stream;
use super::soft_rank::Evidence;
use super::unusual::each_bit;
use crate::traffic::{HOUR, HourMask, Traffic, WEEK, WEEK_HOURS};

/// How groups are tested.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// Weeks of a window: hours are exchanged within it, and each window has an e-value.
    pub weeks: u32,
    /// Surrogates of each window.
    pub surrogates: u32,
    /// Which hours may be exchanged.
    pub within: Within,
    /// Draws them.
    pub seed: [u8; 32],
}

/// A group as it was tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Its evidence.
    pub group: Evidence,
    /// log10 of its e-value behind each window.
    pub by_window: Vec<f64>,
    /// Each account's own, in the order of the group.
    pub members: Vec<Evidence>,
    /// Pairs of accounts that were active in one minute.
    pub pairs: u64,
    /// The same of surrogates, on average.
    pub expected_pairs: f64,
    /// Active minutes that took part.
    pub minutes: u64,
    /// Those of them whose hour could be exchanged for another.
    pub movable: u64,
    /// Hours that took no part because everybody did something in a minute of them.
    pub unusual_hours: u64,
}

/// Tests a group (places of accounts) on every window of the weeks that test. `unusual` says of every hour whether it takes no part, as
/// [`Population::unusual_without`](super::Population::unusual_without) does of accounts among which the group is.
#[must_use]
pub fn test(traffic: &Traffic, unusual: &[bool], group: &[u32], how: &Test) -> Tested {
    let mut tested = Tested {
        group: Evidence::default(),
        by_window: vec![],
        members: vec![Evidence::default(); group.len()],
        pairs: 0,
        expected_pairs: 0.0,
        minutes: 0,
        movable: 0,
        unusual_hours: 0,
    };
    let mut room = Room::new(how.weeks);
    let windows = (traffic.proposing..traffic.weeks).step_by(how.weeks.max(1) as usize);
    for from in windows {
        let weeks = from..traffic.weeks.min(from + how.weeks);
        let first = from * WEEK_HOURS;
        let masks: Vec<&[HourMask]> = group
            .iter()
            .map(|&account| traffic.weeks(account, weeks.clone()))
            .collect();
        let unusual = &unusual[first as usize..(weeks.end * WEEK_HOURS) as usize];
        tested.unusual_hours += unusual.iter().filter(|&&is| is).count() as u64;
        let classes = masks.iter().map(|hours| {
            let own = hours.iter().map(|hour| HourMask {
                hour: hour.hour - first,
                mask: hour.mask,
            });
            Classes::new(own.filter(|hour| !unusual[hour.hour as usize]), how.within)
        });
        let mut classes: Vec<Classes> = classes.collect();
        let mut streams: Vec<Stream> = group
            .iter()
            .map(|&account| {
                let name = traffic.accounts[account as usize].pseudonym.0;
                Stream::new(&how.seed, "exchange", from, name)
            })
            .collect();
        let draws = room.draws(&mut classes, &mut streams, how.surrogates);
        tested.group.multiply(&draws.group);
        tested.by_window.push(tested.group.log10_e());
        for (evidence, own) in tested.members.iter_mut().zip(&draws.members) {
            evidence.multiply(own);
        }
        tested.pairs += draws.group[0];
        let surrogates: u64 = draws.group[1..].iter().sum();
        tested.expected_pairs += surrogates as f64 / f64::from(how.surrogates.max(1));
        for own in &classes {
            let count = |mask: &u64| u64::from(mask.count_ones());
            let movable: u64 = own.observed.iter().map(count).sum();
            tested.movable += movable;
            tested.minutes += movable + own.fixed.iter().map(|hour| count(&hour.mask)).sum::<u64>();
        }
    }
    tested
}

/// What was counted in a window: as observed, then in each surrogate.
struct Draws {
    /// Pairs of accounts in one minute.
    group: Vec<u64>,
    /// Each account's minutes in common with the others as they were observed.
    members: Vec<Vec<u64>>,
}

/// Counts of a window's minutes.
struct Room {
    observed: Vec<u16>,
    fixed: Vec<u16>,
    drawn: Vec<u16>,
}

impl Room {
    fn new(weeks: u32) -> Self {
        let empty = || vec![0; (weeks * WEEK) as usize];
        Self {
            observed: empty(),
            fixed: empty(),
            drawn: empty(),
        }
    }

    fn draws(&mut self, classes: &mut [Classes], streams: &mut [Stream], surrogates: u32) -> Draws {
        let Self {
            observed,
            fixed,
            drawn,
        } = self;
        fixed.fill(0);
        let mut fixed_pairs = 0;
        for hour in classes.iter().flat_map(|own| &own.fixed) {
            fixed_pairs += add(fixed, hour.hour, hour.mask);
        }
        observed.copy_from_slice(fixed);
        let mut pairs = fixed_pairs;
        for own in classes.iter() {
            for (&hour, &mask) in own.hours.iter().zip(&own.observed) {
                pairs += add(observed, hour, mask);
            }
        }
        // What an account has in common with the others where nothing is exchanged.
        let stay: Vec<u64> = classes
            .iter()
            .map(|own| {
                let hours = own.fixed.iter();
                hours
                    .map(|hour| common(observed, hour.hour, hour.mask, hour.mask))
                    .sum()
            })
            .collect();
        let with_all = |own: &Classes| -> u64 {
            let drawn = own.hours.iter().zip(&own.drawn).zip(&own.observed);
            drawn
                .map(|((&hour, &mask), &observed_mask)| common(observed, hour, mask, observed_mask))
                .sum()
        };
        let mut draws = Draws {
            group: vec![pairs],
            members: classes
                .iter()
                .zip(&stay)
                .map(|(own, stay)| vec![stay + with_all(own)])
                .collect(),
        };
        for _ in 0..surrogates {
            drawn.copy_from_slice(fixed);
            let mut pairs = fixed_pairs;
            for (at, own) in classes.iter_mut().enumerate() {
                own.draw(&mut streams[at]);
                for (&hour, &mask) in own.hours.iter().zip(&own.drawn) {
                    pairs += add(drawn, hour, mask);
                }
                draws.members[at].push(stay[at] + with_all(own));
            }
            draws.group.push(pairs);
        }
        draws
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

/// How many other accounts were active in the minutes of `mask`; in those of `own` the account itself was.
fn common(counts: &[u16], hour: u32, mask: u64, own: u64) -> u64 {
    let counts = &counts[(hour * HOUR) as usize..][..HOUR as usize];
    let mut sum = 0;
    each_bit(mask, |bit| sum += u64::from(counts[bit as usize]));
    sum - u64::from((mask & own).count_ones())
}
