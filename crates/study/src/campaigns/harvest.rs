//! Harvests: accounts of one hand.

use super::made::{Made, Role};
use super::people::{Life, WEEK, person, session};
use super::plan::{Harvest, Pattern, WorldPlan};
use super::random::Random;

/// Adds a harvest's accounts.
pub(super) fn harvest(
    plan: &WorldPlan,
    harvest: &Harvest,
    number: u32,
    random: &mut Random,
) -> Vec<Made> {
    let life = Life {
        minutes: plan.weeks * WEEK,
        zone: 480,
        requests: (f64::from(harvest.requests) * harvest.cover) as u32,
    };
    let own = harvest.requests - life.requests;
    let mut minutes: Vec<Vec<u32>> = (0..harvest.accounts)
        .map(|_| {
            person(&life, random)
                .into_iter()
                .take(life.requests as usize)
                .collect()
        })
        .collect();
    match harvest.pattern {
        Pattern::FanOut | Pattern::Shifted => {
            jobs(&life, own, harvest.pattern, random, &mut minutes);
        }
        Pattern::Queue => queue(&life, own, random, &mut minutes),
        Pattern::RelayByRequest => relay(&life, own, false, random, &mut minutes),
        Pattern::RelayBySession => relay(&life, own, true, random, &mut minutes),
    }
    let template = random.name();
    let mut names = |per: u32| -> Vec<u64> {
        let count = harvest
            .accounts
            .checked_div(per)
            .map_or(harvest.accounts, |n| n + 1);
        (0..count).map(|_| random.name()).collect()
    };
    let (cards, ips) = (names(harvest.per_card), names(harvest.per_ip));
    // Cards and addresses are shared by different accounts, so that all hang together.
    let place = |at: usize, per: u32, stride: usize| match per {
        0 => at,
        per => at * stride % harvest.accounts as usize / per as usize,
    };
    let made = minutes.into_iter().enumerate().map(|(at, minutes)| Made {
        role: Role::Harvest(number),
        minutes,
        attributes: vec![
            ("card", cards[place(at, harvest.per_card, 1)]),
            ("ip", ips[place(at, harvest.per_ip, 7)]),
            ("user_agent", u64::from(random.below(40))),
            (
                "template",
                if harvest.template {
                    template
                } else {
                    u64::from(random.below(12))
                },
            ),
        ],
    });
    made.collect()
}

fn jobs(life: &Life, own: u32, pattern: Pattern, random: &mut Random, all: &mut [Vec<u32>]) {
    let anywhere = Life { zone: 480, ..*life };
    let jobs: Vec<u32> = (0..(own * 5 / 4).max(1))
        .map(|_| anywhere.begins(random))
        .collect();
    for minutes in all {
        let delay = match pattern {
            Pattern::Shifted => random.below(180),
            _ => 0,
        };
        let taken = jobs.iter().filter(|_| random.is(0.8));
        let at = taken.map(|job| job + delay);
        minutes.extend(at.filter(|&at| at < life.minutes));
    }
}

fn queue(life: &Life, own: u32, random: &mut Random, all: &mut [Vec<u32>]) {
    let mut left = vec![own; all.len()];
    while left.iter().any(|&left| left > 0) {
        let from = f64::from(random.below(life.minutes));
        let end = (from + 120.0 + 240.0 * random.unit()).min(f64::from(life.minutes));
        for (minutes, left) in all.iter_mut().zip(&mut left) {
            let mut at = from + random.wait(10.0);
            while at < end && *left > 0 {
                minutes.push(at as u32);
                *left -= 1;
                at += random.wait(10.0);
            }
        }
    }
}

fn relay(life: &Life, own: u32, by_session: bool, random: &mut Random, all: &mut [Vec<u32>]) {
    let accounts = all.len() as u32;
    let mut left = i64::from(own) * i64::from(accounts);
    while left > 0 {
        let at = random.below(accounts);
        session(life.begins(random), life, random, |minute, random| {
            let account = if by_session {
                at
            } else {
                random.below(accounts)
            };
            all[account as usize].push(minute);
            left -= 1;
        });
    }
}
