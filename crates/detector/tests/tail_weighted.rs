//! Laws of the weighted tails: order, symmetry, agreement with the unweighted tails and with enumeration, and
//! what they refuse.

use std::collections::BTreeMap;

use hallmark_core::law::Law;
use hallmark_detector::tail::{
    Group, HALF, Method, NAT, TailError, binomial_upper, gamma_upper, group_weights, weighted_upper,
};
use proptest::prelude::*;

#[expect(clippy::unwrap_used, reason = "the inputs of these tests are valid")]
fn log10_p(law: Law, groups: &[Group], sum: i128) -> f64 {
    weighted_upper(law, groups, sum).unwrap().log10_p.value()
}

fn groups(pairs: &[(i64, u64)]) -> Vec<Group> {
    let group = |&(weight, cells): &(i64, u64)| Group { weight, cells };
    pairs.iter().map(group).collect()
}

/// P(S ≥ sum) by adding up all outcomes of yes-or-no trials.
fn enumerated(law: Law, groups: &[Group], sum: i128) -> f64 {
    let (rate, trials) = match law {
        Law::Bernoulli { threshold } => (f64::from(threshold) / 4_294_967_296.0, 1),
        Law::Bits { layers } => (0.5, u64::from(layers)),
        Law::Exponential => panic!("not a count"),
    };
    let mut outcomes = BTreeMap::from([(0_i128, 1.0)]);
    for group in groups {
        for _ in 0..group.cells * trials {
            let mut next = BTreeMap::new();
            for (&value, &mass) in &outcomes {
                *next.entry(value).or_insert(0.0) += mass * (1.0 - rate);
                *next.entry(value + i128::from(group.weight)).or_insert(0.0) += mass * rate;
            }
            outcomes = next;
        }
    }
    outcomes.range(sum..).rev().map(|(_, mass)| mass).sum()
}

fn some_groups() -> impl Strategy<Value = Vec<Group>> {
    let group = (-30_i64..30, 0_u64..7).prop_map(|(weight, cells)| Group { weight, cells });
    prop::collection::vec(group, 1..6)
}

fn some_counts() -> impl Strategy<Value = Law> {
    prop_oneof![
        (1_u32..).prop_map(|threshold| Law::Bernoulli { threshold }),
        (1_u32..4).prop_map(|layers| Law::Bits { layers }),
    ]
}

/// A sum between the mean and the largest possible one, or the mean and the smallest.
fn sum_at(law: Law, groups: &[Group], place: f64) -> i128 {
    let trials = law.trials() as f64;
    let rate = law.null_mean() / trials;
    let (mut mean, mut most, mut least) = (0.0, 0.0, 0.0);
    for group in groups {
        let weight = group.weight as f64 * group.cells as f64 * trials;
        mean += weight * rate;
        most += weight.max(0.0);
        least += weight.min(0.0);
    }
    let end = if place >= 0.0 { most } else { least };
    (mean + place.abs() * (end - mean)).round() as i128
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn small_counts_agree_with_enumeration(
        law in some_counts(), groups in some_groups(), place in -1.0_f64..=1.0,
    ) {
        let sum = sum_at(law, &groups, place);
        let truth = enumerated(law, &groups, sum);
        let ours = 10_f64.powf(log10_p(law, &groups, sum));
        prop_assert!(ours >= truth * (1.0 - 1e-10), "{ours:e} < {truth:e}");
        prop_assert!(ours <= truth * 1.001, "{ours:e} > {truth:e}");
    }

    #[test]
    fn scale_order_and_partition_do_not_matter_for_counts(
        law in some_counts(), groups in some_groups(), place in 0.0_f64..=1.0, scale in 1_i64..1000,
    ) {
        let sum = sum_at(law, &groups, place);
        let before = log10_p(law, &groups, sum);
        let scaled: Vec<Group> = groups
            .iter()
            .map(|group| Group { weight: group.weight * scale, ..*group })
            .collect();
        prop_assert_eq!(before, log10_p(law, &scaled, sum * i128::from(scale)));
        let apart: Vec<Group> = groups
            .iter()
            .rev()
            .flat_map(|group| {
                let half = group.cells / 2;
                [half, group.cells - half].map(|cells| Group { cells, ..*group })
            })
            .collect();
        prop_assert_eq!(before, log10_p(law, &apart, sum));
    }

    #[test]
    fn fair_bits_may_be_counted_the_other_way(groups in some_groups(), place in 0.0_f64..=1.0) {
        let law = Law::Bits { layers: 1 };
        let sum = sum_at(law, &groups, place);
        let turned: Vec<Group> = groups
            .iter()
            .map(|group| Group { weight: -group.weight, ..*group })
            .collect();
        let total: i128 = groups
            .iter()
            .map(|group| i128::from(group.weight) * i128::from(group.cells))
            .sum();
        prop_assert_eq!(log10_p(law, &groups, sum), log10_p(law, &turned, sum - total));
    }

    #[test]
    fn gumbel_scale_and_order_do_not_matter(
        pairs in prop::collection::vec((-20_i64..40, 1_u64..30), 2..6), z in 0.0_f64..30.0, scale in 2_i64..1000,
    ) {
        let mut groups = groups(&pairs);
        groups.push(Group { weight: 41, cells: 3 });
        let sum = gumbel_sum(&groups, z);
        let before = log10_p(Law::Exponential, &groups, sum);
        groups.reverse();
        prop_assert_eq!(before, log10_p(Law::Exponential, &groups, sum));
        for group in &mut groups {
            group.weight *= scale;
        }
        let after = log10_p(Law::Exponential, &groups, sum * i128::from(scale));
        // Another unit may tip the choice of the grid.
        prop_assert!((before - after).abs() < 0.025, "{before} {after}");
    }

    #[test]
    fn a_larger_sum_is_not_less_likely_by_more_than_rounding(
        pairs in prop::collection::vec((-50_i64..90, 1_u64..400), 2..8), z in 0.0_f64..20.0, gumbel in any::<bool>(),
    ) {
        let mut groups = groups(&pairs);
        groups.push(Group { weight: 97, cells: 50 });
        let law = if gumbel { Law::Exponential } else { Law::Bits { layers: 3 } };
        let (sum, step) = if gumbel {
            (gumbel_sum(&groups, z), i128::from(NAT))
        } else {
            (sum_at(law, &groups, z / 25.0), 1)
        };
        let ps: Vec<f64> = (0..4).map(|k| log10_p(law, &groups, sum + k * step)).collect();
        for pair in ps.windows(2) {
            prop_assert!(pair[1] <= pair[0] + 0.03, "{ps:?}");
        }
    }
}

/// z standard deviations above the mean.
fn gumbel_sum(groups: &[Group], z: f64) -> i128 {
    let (mut mean, mut square) = (0.0, 0.0);
    for group in groups {
        let (weight, cells) = (group.weight as f64, group.cells as f64);
        mean += weight * cells;
        square += weight * weight * cells;
    }
    ((mean + z * square.sqrt()) * NAT as f64) as i128
}

#[test]
fn one_weight_gives_the_unweighted_tail() {
    let threshold = 1 << 30;
    let green = Law::Bernoulli { threshold };
    for weight in [1_i64, 7, 1 << 20] {
        let one = groups(&[(weight, 1000), (0, 50), (weight, 200), (5, 0)]);
        // A sum between two multiples needs the upper one.
        let tail = weighted_upper(
            green,
            &one,
            i128::from(weight) * 400 - i128::from(weight > 1),
        );
        assert_eq!(
            tail.unwrap().log10_p,
            binomial_upper(1200, 400, threshold).unwrap()
        );
        assert_eq!(tail.unwrap().method, Method::Exact);
        let tail = weighted_upper(Law::Bits { layers: 3 }, &one, i128::from(weight) * 2000);
        assert_eq!(
            tail.unwrap().log10_p,
            binomial_upper(3600, 2000, HALF).unwrap()
        );
        let sum = 1500 * i128::from(NAT);
        let tail = weighted_upper(Law::Exponential, &one, i128::from(weight) * sum);
        let plain = gamma_upper(1200, sum as u64).unwrap().value();
        let excess = tail.unwrap().log10_p.value() - plain;
        assert!(
            excess.abs() <= 4.0 * f64::EPSILON * plain.abs(),
            "{excess:e}"
        );
    }
}

#[test]
fn certain_sums_have_p_one() {
    let green = Law::Bernoulli { threshold: HALF };
    for (law, pairs, sum) in [
        (green, vec![], 0),
        (green, vec![(0, 10)], -1),
        (green, vec![(3, 10), (-2, 5)], -10),
        (Law::Exponential, vec![(3, 10)], 0),
        (Law::Exponential, vec![(3, 10), (5, 1)], -4),
    ] {
        let tail = weighted_upper(law, &groups(&pairs), sum).unwrap();
        assert_eq!(tail.log10_p.value(), 0.0, "{pairs:?}");
    }
}

#[test]
fn below_the_mean_p_is_near_its_true_value() {
    let many = groups(&[(3, 4000), (-2, 3000), (7, 1000)]);
    let green = Law::Bernoulli { threshold: HALF };
    let median = (3 * 4000 - 2 * 3000 + 7 * 1000) / 2;
    let p = 10_f64.powf(log10_p(green, &many, median));
    assert!((0.5..0.53).contains(&p), "{p}");
    let p = 10_f64.powf(log10_p(Law::Exponential, &many, gumbel_sum(&many, -1.0)));
    assert!((0.83..0.87).contains(&p), "{p}");
}

#[test]
fn the_far_tail_stays_finite() {
    let many = groups(&[(1, 400_000), (2, 100_000), (-3, 50_000)]);
    let green = Law::Bernoulli { threshold: 1 << 30 };
    for sum in [400_000, 500_000, 600_000] {
        let p = log10_p(green, &many, sum);
        assert!((-400_000.0..-50_000.0).contains(&p), "{p}");
    }
    for nats in [10_000_000, 1 << 50, i128::MAX >> 24] {
        let p = log10_p(Law::Exponential, &many, nats << 24);
        assert!(p.is_finite() && p < -100_000.0, "{p}");
    }
}

#[test]
fn cell_counts_of_any_size_are_taken() {
    let many = groups(&[(1 << 20, 1 << 38), (-(1 << 20), 1 << 38), (3, 1 << 39)]);
    for law in [Law::Bernoulli { threshold: 1 << 30 }, Law::Exponential] {
        let unit = law.unit() as f64;
        let mean = 3.0 * law.null_mean() * unit * 2_f64.powi(39);
        let spread = unit * (1_u64 << 20) as f64 * 2_f64.powi(19);
        let p = log10_p(law, &many, (mean + 10.0 * spread) as i128);
        assert!(p < -5.0, "{p}");
    }
}

#[test]
fn impossible_sums_and_sizes_are_refused() {
    let green = Law::Bernoulli { threshold: HALF };
    let pairs = groups(&[(3, 10), (-2, 5)]);
    assert!(weighted_upper(green, &pairs, 30).is_ok());
    assert_eq!(
        weighted_upper(green, &pairs, 31),
        Err(TailError::WeightedSumImpossible { sum: 31, max: 30 })
    );
    assert!(weighted_upper(green, &[], 1).is_err());
    assert!(weighted_upper(Law::Exponential, &groups(&[(-1, 3)]), 0).is_err());
    assert_eq!(
        weighted_upper(Law::Bernoulli { threshold: 0 }, &pairs, 1),
        Err(TailError::ThresholdZero)
    );
    let weight = -(1 << 20) - 1;
    assert_eq!(
        weighted_upper(green, &groups(&[(weight, 1)]), 1),
        Err(TailError::WeightTooLarge { weight })
    );
    assert!(weighted_upper(green, &groups(&[(1, u64::MAX), (2, 1)]), 1).is_err());
    assert!(weighted_upper(Law::Bits { layers: 32 }, &groups(&[(1, 1 << 44)]), 1).is_err());
}

#[test]
fn weights_are_counted() {
    assert_eq!(group_weights(&[]), Ok(vec![]));
    for spread in [1, 3000] {
        let weights: Vec<i32> = (0..10_007).map(|k| (k * k % 23 - 11) * spread).collect();
        let mut expected = BTreeMap::new();
        for &weight in &weights {
            *expected.entry(i64::from(weight)).or_insert(0) += 1;
        }
        let found = group_weights(&weights).unwrap();
        assert!(
            found
                .iter()
                .map(|group| (group.weight, group.cells))
                .eq(expected)
        );
    }
    assert!(group_weights(&[1, i32::MIN]).is_err());
}
