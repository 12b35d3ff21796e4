//! e-values where the null hypothesis holds by construction.

use hallmark_campaign::exchange::{Population, Test, Tested, Within, test};
use hallmark_campaign::lists::{COHORT_FDR, Weights, list};
use hallmark_campaign::pseudonym::Pseudonym;
use hallmark_campaign::traffic::{Builder, DAY, HOUR, Traffic};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Accounts that share hours and a small choice of minutes, so that they often meet, each by itself.
fn independent(rng: &mut ChaCha12Rng) -> Traffic {
    let mut builder = Builder::default();
    let mut below = |bound: u32| rng.next_u32() % bound;
    for name in 0..8_u32 {
        let account = builder.account(Pseudonym(u128::from(name)));
        for day in 0..14 {
            for hour in [9, 10, 15] {
                for _ in 0..=below(2) {
                    builder.request(account, day * DAY + hour * HOUR + 10 * below(6));
                }
            }
        }
    }
    builder.finish(0, |_| 0)
}

const GROUP: [u32; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

fn tested(traffic: &Traffic, how: &Test) -> Tested {
    let unusual = Population::new(traffic, Within::HourOfDay).unusual_without(traffic, &GROUP);
    test(traffic, &unusual, &GROUP, how)
}

fn how(seed: u8, surrogates: u32) -> Test {
    Test {
        weeks: 1,
        surrogates,
        screen: 0,
        least: 5,
        only_whole: false,
        within: Within::HourOfDay,
        seed: [seed; 32],
    }
}

/// False-alarm rate: a mean beyond four and a half of its standard errors, about 1e-5; the seed is fixed.
#[test]
fn independent_accounts_have_evidence_of_mean_one() {
    let mut rng = ChaCha12Rng::seed_from_u64(5);
    let (mut group, mut member) = (vec![], vec![]);
    for _ in 0..4000 {
        let traffic = independent(&mut rng);
        let tested = tested(&traffic, &how(1, 9));
        assert!(tested.movable > 0 && tested.pairs > 0);
        group.push(10_f64.powf(tested.group.log10_e()));
        member.push(10_f64.powf(tested.members[3].log10_e()));
    }
    for values in [group, member] {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / n;
        assert!(variance > 0.1, "{variance}");
        let error = (variance / n).sqrt();
        assert!((mean - 1.0).abs() < 4.5 * error, "{mean} ± {error}");
    }
}

#[test]
fn accounts_that_meet_by_a_common_choice_are_seen() {
    let mut rng = ChaCha12Rng::seed_from_u64(6);
    let mut builder = Builder::default();
    let places: Vec<u32> = (0..8)
        .map(|name| builder.account(Pseudonym(name)))
        .collect();
    for day in 0..14 {
        for hour in [9, 10, 15] {
            let minute = rng.next_u32() % 60;
            for &account in &places {
                builder.request(account, day * DAY + hour * HOUR + minute);
            }
        }
    }
    let traffic = builder.finish(0, |_| 0);
    let tested = tested(&traffic, &how(1, 99));
    // Two windows, each worth nearly a hundred.
    assert!(tested.group.log10_e() > 3.0, "{}", tested.group.log10_e());
    let tested = [tested];
    let list = list(
        &tested,
        &Weights::by_what_could_show(&tested, 5),
        COHORT_FDR,
    );
    assert_eq!(list.groups, [true]);
    assert_eq!(list.members, [[true; 8]]);
}

/// Everybody fires at :00, every day the same: nothing to exchange, and so no evidence.
#[test]
fn a_common_habit_is_no_evidence() {
    let mut builder = Builder::default();
    for name in 0..8 {
        let account = builder.account(Pseudonym(name));
        for hour in 0..14 * 24 {
            builder.request(account, hour * HOUR);
        }
    }
    let traffic = builder.finish(0, |_| 0);
    let tested = tested(&traffic, &how(1, 99));
    assert_eq!(tested.movable, 0);
    assert!(tested.group.log10_e() <= 0.0);
}

/// A minute in which everybody else did something too takes its hour out of the test; a group's own does not.
#[test]
fn what_everybody_did_takes_no_part() {
    // In the second window.
    let at = 10 * DAY + 9 * HOUR + 7;
    let crowd = |joins: bool| {
        let mut builder = Builder::default();
        for name in 0..3000_u32 {
            let account = builder.account(Pseudonym(u128::from(name)));
            for day in 0..14 {
                builder.request(account, day * DAY + 9 * HOUR + (name * 7 + day * 13) % 60);
            }
            if joins || name < 8 {
                builder.request(account, at);
            }
        }
        builder.finish(0, |_| 0)
    };
    for (joins, hours) in [(true, 1), (false, 0)] {
        let traffic = crowd(joins);
        let tested = tested(&traffic, &how(1, 9));
        assert_eq!(tested.unusual_hours, hours);
        // Each of the eight has a minute a day, and the event, and all of its own of that hour are left out.
        let own: u64 = GROUP.iter().map(|&account| traffic.minutes(account)).sum();
        let hour = (at / HOUR) as usize;
        let left_out: u32 = GROUP
            .iter()
            .flat_map(|&account| traffic.hours(account))
            .filter(|own| own.hour as usize == hour && joins)
            .map(|own| own.mask.count_ones())
            .sum();
        assert_eq!(tested.minutes, own - u64::from(left_out));
    }
}

#[test]
fn a_log_of_nothing_finds_nothing() {
    let traffic = Builder::default().finish(0, |_| 0);
    let population = Population::new(&traffic, Within::HourOfDay);
    let unusual = population.unusual_without(&traffic, &[]);
    assert!(unusual.iter().all(|is| !is));
    assert_eq!(traffic.weeks, 1);
    let first = traffic.accounts.first().map(|account| account.accounts);
    assert_eq!(first.unwrap_or_default(), 0);
}
