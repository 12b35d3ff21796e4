//! Merging audits, e-BH and calibrated e-values: by enumeration, and their laws.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::cells::TokenId;
use hallmark_detector::cells::{Exposure, FreshCells, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::eprocess::GreenEProcess;
use hallmark_detector::merge::{
    Audit, MergeError, Rule, ScoredCells, Series, average, merge, product,
};
use hallmark_detector::multiplicity::{calibrate, e_bh};
use hallmark_detector::tail::{Log10E, Log10P};
use proptest::prelude::*;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn fresh(answer: &[TokenId]) -> FreshCells {
    let mut raw = RawCells::new(1);
    raw.push(answer, Exposure::NOTHING).unwrap();
    raw.fresh()
}

fn scored(answer: &[TokenId]) -> ScoredCells {
    let mut cells = ScoredCells::new();
    let mut dedup = DedupKind::Exact.build(1);
    cells.add(&fresh(answer).distinct(&mut *dedup).unwrap());
    cells
}

fn e(log10: f64) -> Log10E {
    Log10E::new(log10).unwrap()
}

fn audit(log10_e: f64, answer: &[TokenId]) -> Audit {
    Audit {
        key_id: "aa".into(),
        profile: "p".into(),
        log10_e: e(log10_e),
        cells: scored(answer),
    }
}

#[test]
fn disjoint_audits_multiply_and_others_average() {
    let disjoint = merge(&[
        audit(2.0, &[1, 2, 3]),
        audit(1.5, &[4, 5]),
        audit(-0.5, &[5, 6]),
    ])
    .unwrap();
    assert_eq!(disjoint.rule, Rule::Product);
    assert!((disjoint.log10_e.value() - 3.0).abs() < 1e-12);

    let sharing = merge(&[audit(2.0, &[1, 2, 3]), audit(0.0, &[2, 3, 4])]).unwrap();
    assert_eq!(sharing.rule, Rule::Average);
    assert!((sharing.log10_e.value() - 50.5_f64.log10()).abs() < 1e-12);

    // The third shares a cell with the first: (100 + 10)/2 times 1000.
    let mixed = merge(&[
        audit(2.0, &[1, 2]),
        audit(3.0, &[7, 8]),
        audit(1.0, &[1, 2]),
    ])
    .unwrap();
    assert_eq!(mixed.rule, Rule::ProductOfAverages);
    assert_eq!(mixed.groups, [vec![0, 2], vec![1]]);
    assert!((mixed.log10_e.value() - 55_000.0_f64.log10()).abs() < 1e-12);

    // A chain: the first and third share nothing, but both share with the second.
    let chain = merge(&[
        audit(1.0, &[1, 2]),
        audit(1.0, &[1, 2, 3]),
        audit(1.0, &[2, 3]),
    ])
    .unwrap();
    assert_eq!(chain.groups, [vec![0, 1, 2]]);
}

#[test]
fn only_audits_of_one_key_and_profile_are_merged() {
    assert_eq!(merge(&[]), Err(MergeError::None));
    let mut other = audit(1.0, &[1, 2]);
    other.key_id = "bb".into();
    let error = merge(&[audit(1.0, &[3, 4]), other.clone()]).unwrap_err();
    assert!(error.to_string().contains("key `bb`"), "{error}");
    other.key_id = "aa".into();
    other.profile = "q".into();
    assert!(matches!(
        merge(&[audit(1.0, &[3, 4]), other]),
        Err(MergeError::Differ {
            what: "profile",
            at: 1,
            ..
        })
    ));
}

#[test]
fn a_series_gives_each_cell_to_one_audit() {
    let mut series = Series::new(DedupKind::Exact, 1);
    let (first, one) = series.audit(fresh(&[1, 2, 3, 4])).unwrap();
    let (second, two) = series.audit(fresh(&[1, 2, 9, 4])).unwrap();
    assert_eq!((first.len(), second.len()), (3, 2));
    let total = product(&[(e(2.0), one), (e(3.5), two)]).unwrap();
    assert!((total.value() - 5.5).abs() < 1e-12);

    let mut other = Series::new(DedupKind::Exact, 1);
    let (_, foreign) = other.audit(fresh(&[1, 2])).unwrap();
    let (_, three) = series.audit(fresh(&[6, 7])).unwrap();
    assert_eq!(
        product(&[(e(1.0), three), (e(1.0), foreign)]),
        Err(MergeError::Part { at: 1 })
    );
    assert_eq!(product(&[]), Ok(Log10E::ONE));
}

/// Two audits of 6 and 5 cells that share two, over all patterns of nine green cells: the average has mean 1 at most, and so does the product where
/// nothing is shared; the product where cells are shared has not, which is why it cannot be had.
#[test]
fn the_mean_of_a_merged_e_value_is_at_most_one() {
    let threshold = 1_u32 << 30;
    let e_value = |green: u32, cells: u64| {
        let mut process = GreenEProcess::new(threshold).unwrap();
        process.observe(u64::from(green), cells).unwrap()
    };
    let means = |shared: u32| {
        let total = 11 - shared;
        let (mut averaged, mut multiplied) = (0.0, 0.0);
        for pattern in 0_u32..1 << total {
            let weight = 0.25_f64.powi(pattern.count_ones() as i32)
                * 0.75_f64.powi((total - pattern.count_ones()) as i32);
            let first = e_value((pattern & 0b11_1111).count_ones(), 6);
            let second = e_value((pattern >> (6 - shared)).count_ones(), 5);
            averaged += weight * 10.0_f64.powf(average(&[first, second]).value());
            multiplied += weight * 10.0_f64.powf(first.value() + second.value());
        }
        (averaged, multiplied)
    };
    let (averaged, multiplied) = means(0);
    assert!(averaged <= 1.0 && averaged > 1.0 - 1e-9, "{averaged}");
    assert!((multiplied - 1.0).abs() < 1e-9, "{multiplied}");
    let (averaged, multiplied) = means(2);
    assert!(averaged <= 1.0 && averaged > 1.0 - 1e-9, "{averaged}");
    assert!(multiplied > 1.01, "{multiplied}");
}

#[test]
fn calibrated_e_values_agree_with_high_precision_values() {
    let table = include_str!("../vectors/calibrate.tsv");
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let numbers: Vec<f64> = row.split('\t').map(|n| n.parse().unwrap()).collect();
        let ours = calibrate(Log10P::new(numbers[0]).unwrap()).value();
        let slack = 1e-11 + 1e-15 * numbers[1].abs();
        assert!(
            ours <= numbers[1] && ours > numbers[1] - slack,
            "{ours} {row}"
        );
    }
}

/// The mean of a calibrated e-value over uniform p is at most 1: by the midpoint rule from above, on a fine grid in log p.
#[test]
fn a_calibrated_e_value_has_mean_at_most_one() {
    let at = |log10: f64| 10.0_f64.powf(calibrate(Log10P::new(log10).unwrap()).value());
    let steps = 200_000;
    let mut mean = 0.0;
    for i in 0..steps {
        // p from 10^-(i+1)/k to 10^-i/k, e at the smaller p: an upper sum, without what lies below 1e-2000.
        let (high, low) = (-f64::from(i) / 100.0, -f64::from(i + 1) / 100.0);
        mean += (10.0_f64.powf(high) - 10.0_f64.powf(low)) * at(low);
        if high < -300.0 {
            break;
        }
    }
    // The upper sum exceeds the integral by at most a step of p: 2.4%. What is left out is 1/ln(10^300) = 0.0014.
    assert!(mean < 1.025 && mean > 0.99, "{mean}");
}

/// 12 hypotheses of which 9 are null: the mean share of false rejections of e-BH stays below α·9/12, in 20,000 runs.
/// Five standard errors are added; the share is between 0 and 1, so its error is at most 0.5/√20,000.
#[test]
fn e_bh_keeps_the_false_discovery_rate() {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let (runs, alpha) = (20_000, 0.2);
    let (mut share, mut found) = (0.0, 0_usize);
    for _ in 0..runs {
        // One common uniform makes the nulls' e-values as dependent as can be: e = (1 − κ)p^(−κ), κ = 0.7.
        let uniform = |rng: &mut ChaCha12Rng| (f64::from(rng.next_u32()) + 0.5) / 4_294_967_296.0;
        let common = uniform(&mut rng);
        let log10_e: Vec<Log10E> = (0..12)
            .map(|i| {
                let p = match i {
                    0..9 => common,
                    _ => uniform(&mut rng) * 1e-4,
                };
                e((0.3 * p.powf(-0.7)).log10())
            })
            .collect();
        let selected = e_bh(&log10_e, alpha);
        let all = selected.iter().filter(|&&s| s).count();
        let wrong = selected[..9].iter().filter(|&&s| s).count();
        share += wrong as f64 / all.max(1) as f64;
        found += all - wrong;
    }
    share /= f64::from(runs);
    println!("false discovery rate {share:.4}, found {found}");
    assert!(
        share <= alpha * 0.75 + 5.0 * 0.5 / f64::from(runs).sqrt(),
        "{share}"
    );
    assert!(found > runs as usize, "{found}");
}

proptest! {
    /// The largest k with k·e₍ₖ₎ ≥ m/α, by the definition; thresholds within rounding of it are left to the accused.
    #[test]
    fn e_bh_follows_the_definition(log10 in proptest::collection::vec(-2.0f64..5.0, 0..12), alpha in 0.001f64..0.5) {
        let values: Vec<Log10E> = log10.iter().map(|&l| e(l)).collect();
        let selected = e_bh(&values, alpha);
        let mut sorted = log10.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let m = sorted.len() as f64;
        let last = (1..=sorted.len()).rfind(|&k| k as f64 * 10.0_f64.powf(sorted[k - 1]) >= m / alpha);
        let expected: Vec<bool> = log10
            .iter()
            .map(|&l| last.is_some_and(|k| l >= sorted[k - 1]))
            .collect();
        prop_assert_eq!(selected, expected);
    }

    /// The average lies between the largest over m and the largest, and is at most the exact one.
    #[test]
    fn averages_are_rounded_down(log10 in proptest::collection::vec(-400.0f64..400.0, 1..20)) {
        let values: Vec<Log10E> = log10.iter().map(|&l| e(l)).collect();
        let largest = log10.iter().copied().fold(f64::MIN, f64::max);
        let exact = largest + (log10.iter().map(|l| 10.0_f64.powf(l - largest)).sum::<f64>() / log10.len() as f64).log10();
        let ours = average(&values).value();
        prop_assert!(ours <= exact + 1e-12 && ours >= exact - 1e-10, "{} {}", ours, exact);
    }
}

#[test]
fn rates_that_are_none_reject_nothing() {
    for alpha in [0.0, 1.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(e_bh(&[e(300.0)], alpha), [false]);
    }
    assert!(e_bh(&[], 0.1).is_empty());
}
