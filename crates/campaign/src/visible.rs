//! What a test could have seen: the smallest share of joint requests that a group would have shown.

use crate::exchange::{Stream, Test, test_as_one};
use crate::traffic::{HourMask, Traffic};
use serde::{Deserialize, Serialize};

/// The shares that are tried.
pub const SHARES: [f64; 8] = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.4, 0.8];

/// What a group of a size could have shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Visible {
    /// Accounts of the group that was asked.
    pub accounts: u32,
    /// Its active minutes in the weeks that test.
    pub minutes: u64,
    /// The smallest of the shares tried at which its evidence reached `log10_e_needed`; none where not even the largest did.
    pub smallest_share: Option<f64>,
    /// log10 of the e-value that puts one group alone on the cohort list.
    pub log10_e_needed: f64,
}

/// Plants joint requests into a group: in each of some random minutes of its own hours, every account gives up an active minute for that one.
/// Then it is tested as it would have been. The first share whose evidence is enough is the answer; the draw has a fixed seed.
#[must_use]
pub fn visible(
    traffic: &Traffic,
    unusual: &[bool],
    group: &[u32],
    how: &Test,
    log10_e_needed: f64,
) -> Visible {
    let small = Traffic {
        accounts: group
            .iter()
            .map(|&account| traffic.accounts[account as usize])
            .collect(),
        weeks: traffic.weeks,
        proposing: traffic.proposing,
        ..Traffic::default()
    };
    let first = traffic.proposing * crate::traffic::WEEK_HOURS;
    let own: Vec<Vec<HourMask>> = group
        .iter()
        .map(|&account| {
            let hours = traffic.hours(account);
            hours[hours.partition_point(|hour| hour.hour < first)..].to_vec()
        })
        .collect();
    let places: Vec<u32> = (0..group.len() as u32).collect();
    let reaches = |&share: &f64| {
        let planted = planted(&own, share, &how.seed);
        let mut starts = vec![0];
        for hours in &planted {
            starts.push(starts.last().copied().unwrap_or(0) + hours.len());
        }
        let planted = Traffic {
            starts,
            hours: planted.into_iter().flatten().collect(),
            ..small.clone()
        };
        let tested = test_as_one(&planted, unusual, &places, how);
        !tested.is_screened_out && tested.group.log10_e() >= log10_e_needed
    };
    let minutes = own.iter().flatten();
    Visible {
        accounts: group.len() as u32,
        minutes: minutes.map(|hour| u64::from(hour.mask.count_ones())).sum(),
        smallest_share: SHARES.into_iter().find(|share| reaches(share)),
        log10_e_needed,
    }
}

fn planted(own: &[Vec<HourMask>], share: f64, seed: &[u8; 32]) -> Vec<Vec<HourMask>> {
    let mut random = Stream::new(seed, "planted", (share * 1000.0) as u32, own.len() as u128);
    let minutes = |hours: &[HourMask]| -> Vec<u32> {
        let mut minutes = vec![];
        for hour in hours {
            crate::exchange::each_bit(hour.mask, |bit| minutes.push(hour.hour * 60 + bit));
        }
        minutes
    };
    let mut all: Vec<Vec<u32>> = own.iter().map(|hours| minutes(hours)).collect();
    let mean = all.iter().map(Vec::len).sum::<usize>() / all.len().max(1);
    // Jobs are sent in hours in which the group is active: in a minute near one of its own.
    let hours: Vec<u32> = own.iter().flatten().map(|hour| hour.hour).collect();
    if hours.is_empty() {
        return own.to_vec();
    }
    let jobs: Vec<u32> = (0..((mean as f64 * share).ceil() as usize).max(1))
        .map(|_| hours[random.below(hours.len() as u32) as usize] * 60 + random.below(60))
        .collect();
    for minutes in &mut all {
        let given = (minutes.len() as f64 * share).round() as usize;
        random.shuffle(minutes);
        minutes.truncate(minutes.len() - given.min(minutes.len()));
        let mut jobs = jobs.clone();
        random.shuffle(&mut jobs);
        minutes.extend(jobs.iter().take(given));
        minutes.sort_unstable();
    }
    all.iter().map(|minutes| masks(minutes)).collect()
}

fn masks(minutes: &[u32]) -> Vec<HourMask> {
    let hours = minutes
        .chunk_by(|a, b| a / 60 == b / 60)
        .map(|own| HourMask {
            hour: own[0] / 60,
            mask: own.iter().fold(0, |mask, minute| mask | 1 << (minute % 60)),
        });
    hours.collect()
}
