//! The same result for any number of threads, order and split; who is found and who is cleared.

use hallmark_campaign::exchange::{Population, Test, Within};
use hallmark_campaign::propose::{Rules, propose};
use hallmark_campaign::pseudonym::Pseudonym;
use hallmark_campaign::results::ListName;
use hallmark_campaign::scan::{Found, Scanning, proposing, scan};
use hallmark_campaign::traffic::{Builder, DAY, HOUR, Traffic, WEEK};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Requests and links of six weeks: 12 accounts of one hand, 12 of one house, 300 others.
struct Log {
    requests: Vec<(u32, u32)>,
    links: Vec<(u32, &'static str, u32, Option<u32>)>,
}

const HAND: std::ops::Range<u32> = 0..12;
const HOUSE: std::ops::Range<u32> = 12..24;

fn log() -> Log {
    let mut rng = ChaCha12Rng::seed_from_u64(9);
    let mut below = |bound: u32| rng.next_u32() % bound;
    let mut log = Log {
        requests: vec![],
        links: vec![],
    };
    let jobs: Vec<u32> = (0..300)
        .map(|_| below(42) * DAY + 8 * HOUR + below(8 * HOUR))
        .collect();
    for account in 0..324 {
        for _ in 0..200 {
            log.requests
                .push((account, below(42) * DAY + 8 * HOUR + below(8 * HOUR)));
        }
        if HAND.contains(&account) {
            let own = jobs.iter().filter(|_| below(3) == 0);
            log.requests.extend(own.map(|&job| (account, job)));
        }
        let (card, ip) = match account {
            own if HAND.contains(&own) => (1, 1),
            own if HOUSE.contains(&own) => (2, 2),
            own => (100 + own, 100 + own),
        };
        log.links.push((account, "card", card, None));
        log.links.push((account, "ip", ip, Some(5)));
        log.links.push((account, "template", 0, None));
    }
    log
}

fn name(account: u32) -> Pseudonym {
    Pseudonym(u128::from(account.wrapping_mul(0x9e37_79b9)))
}

fn traffic<'a>(
    requests: impl Iterator<Item = &'a (u32, u32)>,
    links: impl Iterator<Item = &'a (u32, &'static str, u32, Option<u32>)>,
) -> Traffic {
    let mut builder = Builder::default();
    for &(account, minute) in requests {
        let place = builder.account(name(account));
        builder.request(place, 100 * WEEK + minute);
    }
    for &(account, kind, value, seen) in links {
        let place = builder.account(name(account));
        let kind = builder.kind(kind);
        let value = builder.value(kind, Pseudonym(u128::from(value)));
        builder.link(place, value, seen.map(|seen| 100 * WEEK + seen));
    }
    builder.finish(17, proposing)
}

fn scanned(traffic: &Traffic, threads: usize) -> Found {
    let scanning = Scanning {
        rules: Rules::default(),
        test: Test {
            weeks: 2,
            surrogates: 199,
            screen: 99,
            least: 5,
            only_whole: false,
            within: Within::HourOfDay,
            seed: [3; 32],
        },
        seed: 3,
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    pool.install(|| scan(traffic, &scanning))
}

#[test]
fn order_and_threads_change_nothing_and_the_hand_is_found() {
    let log = log();
    let forth = traffic(log.requests.iter(), log.links.iter());
    let back = traffic(log.requests.iter().rev(), log.links.iter().rev());
    assert_eq!(forth, back);
    let found = scanned(&forth, 1);
    assert_eq!(found, scanned(&back, 3));

    assert_eq!(found.proposed.groups, 2);
    assert_eq!((found.cleared_groups, found.cleared_accounts), (1, 12));
    let [campaign] = &found.campaigns[..] else {
        panic!("{} campaigns", found.campaigns.len());
    };
    assert_eq!(campaign.list, ListName::Named);
    assert_eq!(campaign.cohort_accounts, 12);
    assert_eq!(campaign.matched.len(), 12);
    assert!(campaign.groups[0].pairs as f64 > 1.2 * campaign.groups[0].expected_pairs);
    let shared = campaign.shared.iter().find(|own| own.kind == "card");
    assert!(shared.is_some_and(|own| own.accounts == 12 && own.of_all == 12));
    let members = campaign.members.iter().map(|own| own.account);
    assert!(
        campaign
            .matched
            .iter()
            .all(|own| members.clone().all(|member| member != *own))
    );
}

#[test]
fn a_declared_organisation_is_one_and_proposes_nothing() {
    let log = log();
    let mut builder = Builder::default();
    for &(account, minute) in &log.requests {
        let place = builder.account(Pseudonym(u128::from(account)));
        builder.request(place, minute);
        if HAND.contains(&account) {
            builder.unit(place, Pseudonym(77));
        }
    }
    for &(account, kind, value, _) in &log.links {
        let place = builder.account(Pseudonym(u128::from(account)));
        let kind = builder.kind(kind);
        let value = builder.value(kind, Pseudonym(u128::from(value)));
        builder.link(place, value, None);
    }
    let traffic = builder.finish(0, proposing);
    let unit = traffic.accounts.iter().find(|own| own.is_unit);
    assert_eq!(unit.map(|own| own.accounts), Some(12));
    let found = scanned(&traffic, 2);
    assert_eq!((found.proposed.groups, found.campaigns.len()), (1, 0));
}

/// What was first seen while the tests run may be a consequence of what they test. The hand is proposed all the same, by minutes of the first
/// weeks in which few were active, and nobody else is.
#[test]
fn late_attributes_propose_nothing_and_minutes_propose_the_hand() {
    let mut log = log();
    for link in &mut log.links {
        link.3 = Some(5 * WEEK);
    }
    let traffic = traffic(log.requests.iter(), log.links.iter());
    assert_eq!(traffic.late_links, 3 * 324);
    let proposal = propose(&traffic, &Rules::default());
    assert_eq!(proposal.pairs, 0);
    let [group] = &proposal.groups[..] else {
        panic!("{} groups", proposal.groups.len());
    };
    // What happens by chance in two weeks links some of them.
    let hand: Vec<Pseudonym> = HAND.map(name).collect();
    let own = group
        .iter()
        .map(|&own| traffic.accounts[own as usize].pseudonym);
    assert!(
        group.len() >= 6 && own.clone().all(|own| hand.contains(&own)),
        "{group:?}"
    );
    let found = scanned(&traffic, 2);
    assert_eq!(found.campaigns.len(), 1);
    assert_eq!(found.campaigns[0].cohort_accounts, group.len() as u64);
}

#[test]
fn popular_values_propose_nothing_and_large_groups_are_taken_apart() {
    let mut log = log();
    for link in &mut log.links {
        // Everybody one card, and one of three addresses.
        link.2 = if link.1 == "card" { 1 } else { link.0 % 3 };
    }
    let traffic = traffic(log.requests.iter(), log.links.iter());
    let rules = Rules {
        cap: 200,
        one_in: 1,
        most: 60,
        ..Rules::default()
    };
    let proposal = propose(&traffic, &rules);
    assert_eq!(proposal.popular, 1);
    assert!(proposal.groups.iter().all(|group| group.len() <= 60));
    assert!(!proposal.tied.is_empty());
    let mut all: Vec<u32> = proposal.groups.concat();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "no account is in two groups");
}

/// One wrong time makes a log of thousands of weeks in which nothing could be tested; times by the hour say nothing of minutes.
#[test]
fn times_that_are_wrong_are_refused() {
    let log = |minutes: &[u32]| {
        let mut builder = Builder::default();
        let account = builder.account(Pseudonym(1));
        minutes
            .iter()
            .for_each(|&minute| builder.request(account, minute));
        builder.finish(7, |weeks| weeks / 3)
    };
    let good: Vec<u32> = (0..9 * 7)
        .map(|day| 29_459_520 + day * DAY + day % 50)
        .collect();
    assert!(log(&good).check().is_ok());
    for wrong in [0, 63_000_000] {
        let mut minutes = good.clone();
        minutes.push(wrong);
        let error = log(&minutes).check().unwrap_err().to_string();
        assert!(error.contains("a time is wrong"), "{error}");
    }
    let by_hour: Vec<u32> = good.iter().map(|minute| minute / 60 * 60).collect();
    let error = log(&by_hour).check().unwrap_err().to_string();
    assert!(error.contains("have no minutes"), "{error}");
}

/// The jobs of a large harvest are no event of everybody's for another hand: its hours keep testing it.
#[test]
fn one_harvest_does_not_hide_another() {
    let mut rng = ChaCha12Rng::seed_from_u64(9);
    let mut below = |bound: u32| rng.next_u32() % bound;
    let mut builder = Builder::default();
    let begin = 29_459_520;
    let card = builder.kind("card");
    for name in 0..600_u32 {
        let account = builder.account(Pseudonym(u128::from(name)));
        // The first ten are one hand, twenty-five behind them another, the others are in fives.
        let of = match name {
            0..10 => 1,
            10..35 => 2,
            _ => 100 + name / 5,
        };
        let value = builder.value(card, Pseudonym(u128::from(of)));
        builder.link(account, value, None);
        for day in 0..42 {
            for _ in 0..3 {
                builder.request(
                    account,
                    begin + day * DAY + (8 + below(6)) * HOUR + below(60),
                );
            }
        }
    }
    for day in 0..42 {
        for hour in 8..14 {
            let job = |minute: u32| begin + day * DAY + hour * HOUR + minute;
            let (small, large) = (job(below(60)), job(below(60)));
            for name in 0..35_u32 {
                let account = builder.account(Pseudonym(u128::from(name)));
                match name {
                    10.. => builder.request(account, large),
                    _ if below(3) == 0 => builder.request(account, small),
                    _ => {}
                }
            }
        }
    }
    let traffic = builder.finish(0, proposing);
    let small: Vec<u32> = (0..10).collect();
    let others = Population::new(&traffic, Within::HourOfDay).unusual_without(&traffic, &small);
    let jobs = others.iter().filter(|&&is| is).count();
    assert!(jobs > 100, "{jobs}");
    let found = scanned(&traffic, 2);
    assert_eq!(found.unusual_hours, 0);
    let groups: Vec<(u32, u64)> = found
        .campaigns
        .iter()
        .flat_map(|own| &own.groups)
        .map(|group| (group.accounts, group.unusual_hours))
        .collect();
    assert_eq!(groups.len(), 2, "{groups:?}");
    assert!(
        groups.contains(&(10, 0)) && groups.contains(&(25, 0)),
        "{groups:?}"
    );
}
