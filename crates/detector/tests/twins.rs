//! Ghost twins: vectors, laws, and innocents.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_detector::statistic::twins::{TwinsFinding, test, two_sided};
use hallmark_detector::tail::Log10P;
use proptest::prelude::*;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn found(differences: &[f64]) -> TwinsFinding {
    let scored: Vec<Option<f64>> = differences.iter().copied().map(Some).collect();
    test(&scored).unwrap()
}

/// `vectors/twins.py` goes through all signs.
#[test]
fn tails_and_e_values_are_those_of_all_signs() {
    let mut rows = 0;
    for row in include_str!("../vectors/twins.tsv").lines() {
        let cells: Vec<&str> = row.split('\t').collect();
        let differences: Vec<f64> = cells[0].split(',').map(|d| d.parse().unwrap()).collect();
        let truth: Vec<f64> = cells[1..].iter().map(|x| x.parse().unwrap()).collect();
        let found = found(&differences);
        let pairs = [found.log10_p_sign.value(), found.log10_p_weighted.value()];
        for (value, truth) in pairs.into_iter().zip(&truth) {
            assert!(
                value >= truth - 1e-15 && value <= truth + 0.02,
                "{row}: {value}"
            );
        }
        assert!(
            (found.log10_p_sign.value() - truth[0]).abs() < 1e-8,
            "{row}"
        );
        let e = found.log10_e.value();
        assert!(e <= truth[2] && e > truth[2] - 1e-9, "{row}: {e}");
        rows += 1;
    }
    assert_eq!(rows, 28);
}

/// Every pattern of signs over these sizes: nothing exceeds its level, and e-values have mean 1 at most.
#[test]
fn over_all_signs_no_test_exceeds_its_level() {
    let sizes = [0.1, 4.0, 2.0, 0.7, 1.5, 9.0, 0.1, 3.0, 2.5, 1.0, 0.3, 6.0];
    let all = 1_u32 << sizes.len();
    let mut results = vec![];
    for signs in 0..all {
        let signed = |(at, size): (usize, &f64)| if signs >> at & 1 == 1 { *size } else { -size };
        let differences: Vec<f64> = sizes.iter().enumerate().map(signed).collect();
        results.push(found(&differences));
    }
    for tail in 1..=200 {
        let alpha = f64::from(tail) / 200.0;
        let most = Log10P::new(alpha.log10()).unwrap();
        let rate = |p: fn(&TwinsFinding) -> Log10P| {
            let wrong = results.iter().filter(|found| p(found) <= most).count();
            wrong as f64 / f64::from(all)
        };
        assert!(rate(|found| found.log10_p_sign) <= alpha);
        assert!(rate(|found| found.log10_p_weighted) <= alpha);
        assert!(rate(|found| found.log10_e_largest.p_value()) <= alpha);
    }
    let mean = |e: fn(&TwinsFinding) -> f64| {
        results
            .iter()
            .map(|found| 10_f64.powf(e(found)))
            .sum::<f64>()
            / f64::from(all)
    };
    let at_end = mean(|found| found.log10_e.value());
    assert!(at_end <= 1.0 && at_end > 1.0 - 1e-9, "{at_end}");
    // The largest on the way is no e-value: this test would see it if the end were mistaken for it.
    assert!(mean(|found| found.log10_e_largest.value()) > 1.0);
}

/// False-alarm rate: 5,000 innocents; a binomial count of more than 160 at 0.02 has a chance below 1e-7, and the seed is fixed.
#[test]
fn innocents_with_heavy_tails_and_ties_are_not_accused() {
    let mut random = ChaCha12Rng::seed_from_u64(15);
    let mut alarms = [0; 3];
    for _ in 0..5000 {
        let pairs = 20 + random.next_u32() % 30;
        let differences: Vec<f64> = (0..pairs)
            .map(|_| {
                let u = (f64::from(random.next_u32()) + 1.0) / 4_294_967_296.0;
                let size = if u < 0.1 {
                    0.0
                } else {
                    (1.0 - u).max(1e-9).powf(-1.5)
                };
                if random.next_u32() & 1 == 1 {
                    size
                } else {
                    -size
                }
            })
            .collect();
        let found = found(&differences);
        for (count, p) in alarms.iter_mut().zip(found.deciding()) {
            *count += u32::from(p.value() <= 0.02_f64.log10());
        }
    }
    assert!(alarms.iter().all(|&count| count <= 160), "{alarms:?}");
    assert!(alarms[0] > 20 && alarms[1] > 20, "{alarms:?}");
}

/// What would happen if missing pairs were simply left out: the sent twin's score was lost where it was the smaller.
#[test]
fn pairs_that_are_missing_by_the_coin_accuse_unless_they_count_against() {
    let mut random = ChaCha12Rng::seed_from_u64(3);
    let differences: Vec<Option<f64>> = (0..400)
        .map(|_| {
            let size = 1.0 + f64::from(random.next_u32() % 8);
            let larger = random.next_u32() & 1 == 1;
            let is_lost = !larger && random.next_u32() & 1 == 1;
            let d = if larger { size } else { -size };
            (!is_lost).then_some(d)
        })
        .collect();
    let found = test(&differences).unwrap();
    assert!(found.log10_p_sign.value() < -6.0 && found.log10_p_weighted.value() < -6.0);
    let [decides, weighted, bets] = found.deciding();
    assert!(decides.value() > -2.0, "{decides}");
    assert_eq!([weighted, bets], [Log10P::ONE; 2]);
    assert!(found.screening().value() < 1.0);
}

#[test]
fn a_lean_is_found_and_a_difference_of_lengths_both_ways() {
    let leaning: Vec<f64> = (0..300)
        .map(|k| if k % 3 == 0 { -1.0 } else { 1.5 })
        .collect();
    let found = found(&leaning);
    assert!(
        found.deciding().iter().all(|p| p.value() < -6.0),
        "{found:?}"
    );
    let share = found.share.unwrap();
    assert!(share.low > 0.5 && share.high > 2.0 / 3.0);
    let negative: Vec<f64> = leaning.iter().map(|d| -d).collect();
    let both = [&leaning, &negative].map(|d| two_sided(d).unwrap());
    assert_eq!(both[0], both[1]);
    assert!(both[0].value() < -6.0);
}

#[test]
fn nothing_says_nothing_and_no_number_is_refused() {
    let found = found(&[]);
    assert_eq!(found.deciding(), [Log10P::ONE; 3]);
    assert_eq!((found.log10_e.value(), found.share), (0.0, None));
    assert_eq!(two_sided(&[]).unwrap(), Log10P::ONE);
    for wrong in [f64::NAN, f64::INFINITY] {
        assert_eq!(test(&[Some(1.0), Some(wrong)]).unwrap_err().place, 1);
    }
    let extreme = test(&[Some(f64::MAX), Some(5e-324), Some(-f64::MAX), None]).unwrap();
    assert!(extreme.log10_e.value().is_finite());
}

proptest! {
    /// Neither the unit of the feature nor, for the sums, the order matters.
    #[test]
    fn units_and_order_do_not_matter(differences in proptest::collection::vec(-100_i32..100, 1..60), power in -20_i32..20) {
        let one: Vec<f64> = differences.iter().map(|&d| f64::from(d)).collect();
        let scaled: Vec<f64> = one.iter().map(|d| d * 2_f64.powi(power)).collect();
        prop_assert_eq!(found(&one), found(&scaled));
        let reversed: Vec<f64> = one.iter().rev().copied().collect();
        let (one, other) = (found(&one), found(&reversed));
        prop_assert_eq!(one.log10_p_weighted, other.log10_p_weighted);
        prop_assert_eq!(one.log10_p_sign, other.log10_p_sign);
    }

    /// Whatever the missing scores would have been, the sign test that counts them against is no smaller.
    #[test]
    fn missing_against_is_the_worst(differences in proptest::collection::vec(-5_i32..6, 1..60), missing in proptest::collection::vec(any::<bool>(), 60)) {
        let whole: Vec<f64> = differences.iter().map(|&d| f64::from(d)).collect();
        let holes: Vec<Option<f64>> = whole.iter().zip(&missing).map(|(&d, &gone)| (!gone).then_some(d)).collect();
        prop_assert!(test(&holes).unwrap().log10_p_sign_missing_against >= found(&whole).log10_p_sign);
    }

    /// One more win never weakens the sign test, and a larger win never the bets.
    #[test]
    fn more_speaks_more(differences in proptest::collection::vec(-20_i32..21, 1..40)) {
        let one: Vec<f64> = differences.iter().map(|&d| f64::from(d)).collect();
        let more: Vec<f64> = one.iter().copied().chain([1.0]).collect();
        prop_assert!(found(&more).log10_p_sign <= found(&one).log10_p_sign);
        prop_assert!(found(&more).log10_e > found(&one).log10_e);
    }
}
