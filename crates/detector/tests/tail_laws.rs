//! Laws of the tails, of the intervals and of the adjustments.

use hallmark_detector::interval::{
    Interval, IntervalError, Sides, clopper_pearson, gamma_scale_mean,
};
use hallmark_detector::multiplicity::{holm, line_up};
use hallmark_detector::tail::{
    HALF, Log10P, MAX_CELLS, NAT, TailError, binomial_upper, binomial_upper_mid, gamma_upper,
    tournament_upper, weighted_tournament_upper,
};
use proptest::prelude::*;

fn p(log10: Log10P) -> f64 {
    10.0_f64.powf(log10.value())
}

/// The relative excess that the tails state, in log10, with the spacing of f64.
fn tolerance(log10: f64) -> f64 {
    1e-9 / std::f64::consts::LN_10 + 8.0 * f64::EPSILON * log10.abs()
}

/// The sum of point probabilities, by the recurrence from 0 up; good to 1e-12 for n ≤ 60.
fn brute_force(n: u64, s: u64, gamma: f64) -> f64 {
    (s..=n)
        .map(|k| {
            let ways = (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64);
            ways * gamma.powi(k as i32) * (1.0 - gamma).powi((n - k) as i32)
        })
        .sum()
}

prop_compose! {
    fn cells_and_count()(cells in prop_oneof![1_u64..50, 1_u64..5_000, 1_u64..200_000])
        (cells in Just(cells), count in 0..=cells) -> (u64, u64) {
        (cells, count)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn binomial_tail_falls_with_the_count((cells, count) in cells_and_count(), threshold in 1_u32..) {
        prop_assume!(count > 0);
        let fewer = binomial_upper(cells, count - 1, threshold).unwrap().value();
        let more = binomial_upper(cells, count, threshold).unwrap().value();
        prop_assert!(more <= fewer + tolerance(fewer), "{} {}", more, fewer);
    }

    #[test]
    fn binomial_tail_rises_with_the_cells((cells, count) in cells_and_count(), threshold in 1_u32..) {
        let few = binomial_upper(cells, count, threshold).unwrap().value();
        let many = binomial_upper(cells + 1, count, threshold).unwrap().value();
        prop_assert!(few <= many + tolerance(few), "{} {}", few, many);
    }

    #[test]
    fn binomial_tail_rises_with_the_threshold((cells, count) in cells_and_count(), threshold in 1_u32..u32::MAX) {
        let low = binomial_upper(cells, count, threshold).unwrap().value();
        let high = binomial_upper(cells, count, threshold + 1).unwrap().value();
        prop_assert!(low <= high + tolerance(low));
    }

    #[test]
    fn binomial_tails_of_both_sides_make_one((cells, count) in cells_and_count(), threshold in 1_u32..) {
        prop_assume!(count > 0);
        // P(S ≥ s) + P(n − S ≥ n − s + 1) = 1; ours are upper bounds.
        let upper = p(binomial_upper(cells, count, threshold).unwrap());
        let lower = p(binomial_upper(cells, cells - count + 1, threshold.wrapping_neg()).unwrap());
        prop_assert!((upper + lower - 1.0).abs() < 2e-9, "{} {}", upper, lower);
        prop_assert!(upper + lower >= 1.0 - 4.0 * f64::EPSILON);
    }

    #[test]
    fn binomial_tail_is_the_sum_of_point_probabilities(cells in 1_u64..60, share in 0.0..=1.0_f64, threshold in 1_u32..) {
        let count = (cells as f64 * share) as u64;
        let ours = p(binomial_upper(cells, count, threshold).unwrap());
        let sum = brute_force(cells, count, f64::from(threshold) / 2.0_f64.powi(32));
        prop_assume!(sum > 1e-250);
        prop_assert!((ours / sum - 1.0).abs() < 1e-8, "{} {}", ours, sum);
    }

    #[test]
    fn mid_p_lies_between_its_neighbours((cells, count) in cells_and_count(), threshold in 1_u32..) {
        let whole = binomial_upper(cells, count, threshold).unwrap().value();
        let mid = binomial_upper_mid(cells, count, threshold).unwrap().mid_value();
        prop_assert!(mid <= whole + tolerance(whole));
        if count < cells {
            let next = binomial_upper(cells, count + 1, threshold).unwrap().value();
            prop_assert!(next <= mid + tolerance(next));
        }
    }

    #[test]
    fn gamma_tail_falls_with_the_sum_and_rises_with_the_cells(cells in 1_u64..100_000, factor in 0.0..20.0_f64, more in 1_u64..NAT) {
        let sum = (cells as f64 * factor * NAT as f64) as u64;
        let here = gamma_upper(cells, sum).unwrap().value();
        let further = gamma_upper(cells, sum + more).unwrap().value();
        let wider = gamma_upper(cells + 1, sum).unwrap().value();
        prop_assert!(further <= here + tolerance(here));
        prop_assert!(here <= wider + tolerance(here));
    }

    #[test]
    fn gamma_tail_is_the_finite_poisson_sum(cells in 1_u64..40, factor in 0.0..6.0_f64) {
        let sum = (cells as f64 * factor * NAT as f64) as u64;
        let x = sum as f64 / NAT as f64;
        let mut term = (-x).exp();
        let mut total = 0.0;
        for k in 0..cells {
            total += term;
            term *= x / (k + 1) as f64;
        }
        let ours = p(gamma_upper(cells, sum).unwrap());
        prop_assert!((ours / total - 1.0).abs() < 1e-9, "{} {}", ours, total);
    }

    #[test]
    fn weighted_tournament_bounds_the_exact_count_when_weights_are_equal(cells in 1_u64..400, layers in 1_u32..32, share in 0.0..=1.0_f64, weight in 1_u32..1000) {
        let ones = ((cells * u64::from(layers)) as f64 * share) as u64;
        let exact = tournament_upper(cells, layers, ones).unwrap();
        let weights = vec![weight; layers as usize];
        let bound = weighted_tournament_upper(cells, ones * u64::from(weight), &weights).unwrap();
        prop_assert!(bound.value() >= exact.value() - tolerance(exact.value()));
        // Chernoff misses at most the point probability's and the sum's factors.
        prop_assert!(bound.value() <= exact.value() + 4.0, "{:?} {:?}", bound, exact);
    }

    #[test]
    fn holm_dominates_is_monotone_and_is_at_most_bonferroni(logs in prop::collection::vec(-1e5..=0.0_f64, 1..30)) {
        let tried: Vec<Log10P> = logs.iter().map(|&l| Log10P::new(l).unwrap()).collect();
        let adjusted = holm(&tried);
        let bonferroni = (tried.len() as f64).log10();
        for (raw, adj) in tried.iter().zip(&adjusted) {
            prop_assert!(adj >= raw);
            prop_assert!(adj.value() <= raw.value() + bonferroni + 1e-9);
            for (other, adj_other) in tried.iter().zip(&adjusted) {
                prop_assert!(raw > other || adj <= adj_other);
            }
        }
        let first = tried.iter().min().unwrap();
        let least = adjusted.iter().min().unwrap();
        prop_assert!((least.value() - (first.value() + bonferroni).min(0.0)).abs() < 1e-9);
    }

    #[test]
    fn clopper_pearson_limits_solve_the_tail_equations(cells in 1_u64..3_000, share in 0.0..=1.0_f64, alpha in 1e-9..0.5_f64) {
        let green = (cells as f64 * share) as u64;
        let interval = clopper_pearson(cells, green, alpha, Sides::Two).unwrap();
        let rate = green as f64 / cells as f64;
        prop_assert!(0.0 <= interval.low && interval.low <= rate && rate <= interval.high && interval.high <= 1.0);
        let scale = 2.0_f64.powi(32);
        if green > 0 && interval.low > 0.0 {
            let threshold = (interval.low * scale) as u32;
            let at = binomial_upper(cells, green, threshold).unwrap().value();
            let next = binomial_upper(cells, green, threshold + 1).unwrap().value();
            prop_assert!(at <= (alpha / 2.0).log10() + 1e-14 && next >= (alpha / 2.0).log10() - 1e-9);
        }
        // The mirrored count has the mirrored interval.
        let mirrored = clopper_pearson(cells, cells - green, alpha, Sides::Two).unwrap();
        prop_assert_eq!((mirrored.low, mirrored.high), (1.0 - interval.high, 1.0 - interval.low));
    }

    #[test]
    fn gamma_scale_interval_solves_the_tail_equations(cells in 1_u64..20_000, mean in 0.01..5.0_f64, alpha in 1e-6..0.5_f64) {
        let sum = (cells as f64 * mean * NAT as f64) as u64;
        let interval = gamma_scale_mean(cells, sum, alpha, Sides::Two).unwrap();
        prop_assert!(interval.low < mean && mean < interval.high);
        // The sum rescaled by the lower limit lies at the upper α/2 quantile of Gamma(n, 1).
        let at_low = gamma_upper(cells, (sum as f64 / interval.low) as u64).unwrap().value();
        prop_assert!((at_low - (alpha / 2.0).log10()).abs() < 1e-3, "{}", at_low);
    }
}

#[test]
fn edges_have_defined_results() {
    assert_eq!(binomial_upper(0, 0, HALF), Ok(Log10P::ONE));
    assert_eq!(binomial_upper(100, 0, 1), Ok(Log10P::ONE));
    assert_eq!(gamma_upper(0, 0), Ok(Log10P::ONE));
    assert_eq!(gamma_upper(7, 0), Ok(Log10P::ONE));
    assert_eq!(
        binomial_upper(3, 4, HALF),
        Err(TailError::CountExceedsCells { count: 4, cells: 3 })
    );
    assert_eq!(binomial_upper(3, 1, 0), Err(TailError::ThresholdZero));
    assert_eq!(
        gamma_upper(0, 5),
        Err(TailError::SumWithoutCells { sum: 5 })
    );
    let cells = MAX_CELLS + 1;
    assert_eq!(
        binomial_upper(cells, 1, HALF),
        Err(TailError::TooManyCells { cells })
    );
    assert_eq!(
        gamma_upper(cells, 1),
        Err(TailError::TooManyCells { cells })
    );
    assert_eq!(
        tournament_upper(u64::MAX, 30, 1),
        Err(TailError::TooManyCells { cells: u64::MAX })
    );
    assert_eq!(
        weighted_tournament_upper(3, 0, &[]),
        Err(TailError::NoWeight)
    );
    assert_eq!(weighted_tournament_upper(0, 0, &[1]), Ok(Log10P::ONE));
    assert_eq!(
        weighted_tournament_upper(2, 7, &[2, 1]),
        Err(TailError::SumExceedsMaximum { sum: 7, max: 6 })
    );
    assert_eq!(
        weighted_tournament_upper(1 << 40, 0, &[u32::MAX, u32::MAX]),
        Err(TailError::WeightsTooLarge {
            cells: 1 << 40,
            total: 2 * u64::from(u32::MAX)
        })
    );
}

#[test]
fn the_far_tail_is_finite() {
    // All of 2⁴⁶ bits green at the smallest γ.
    let p = binomial_upper(MAX_CELLS, MAX_CELLS, 1).unwrap();
    assert!((p.value() / (MAX_CELLS as f64 * -32.0 * 2.0_f64.log10()) - 1.0).abs() < 1e-12);
    assert!(gamma_upper(1, u64::MAX).unwrap().value() < -4e11);
    assert_eq!(gamma_upper(MAX_CELLS, 1).unwrap(), Log10P::ONE);
}

#[test]
fn known_traps_are_avoided() {
    // z = 4 at n = 25, γ = ¼ is 2.1e-4, not 3.2e-5; and s counts itself.
    assert_eq!(
        binomial_upper(25, 15, 1 << 30).unwrap().to_string(),
        "2.2e-4"
    );
    // The sum of −ln(1−U) has variance n: three standard deviations at n = 10⁴.
    let p = gamma_upper(10_000, 10_300 * NAT).unwrap().value();
    assert!((p - -2.83).abs() < 0.02, "{p}");
}

#[test]
fn sides_are_explicit() {
    let [lower, upper, two] = [Sides::Lower, Sides::Upper, Sides::Two]
        .map(|s| clopper_pearson(100, 40, 0.05, s).unwrap());
    // R: binom.test(40, 100)$conf.int and its one-sided forms.
    assert!(
        (two.low - 0.303_294_8).abs() < 1e-6 && (two.high - 0.502_790_8).abs() < 1e-6,
        "{two:?}"
    );
    assert!(lower.low > two.low && lower.high >= 1.0);
    assert!(upper.high < two.high && upper.low <= 0.0);
    let mean = gamma_scale_mean(1, NAT, 0.05, Sides::Lower).unwrap();
    // One cell: S/μ ~ Exp(1), so the limit is 1/ln 20.
    assert!((mean.low - 1.0 / 20.0_f64.ln()).abs() < 1e-5, "{mean:?}");
    assert_eq!(
        clopper_pearson(0, 0, 0.05, Sides::Two).map(|i| (i.low, i.high)),
        Ok((0.0, 1.0))
    );
    assert_eq!(
        gamma_scale_mean(0, 0, 0.05, Sides::Two),
        Err(IntervalError::NoCells)
    );
    for alpha in [0.0, 1.0, -0.1, f64::NAN] {
        assert!(matches!(
            clopper_pearson(10, 5, alpha, Sides::Two),
            Err(IntervalError::Alpha { .. })
        ));
    }
}

#[test]
fn intervals_serialize_with_their_sides() {
    let interval: Interval = clopper_pearson(10, 10, 0.05, Sides::Lower).unwrap();
    let json = serde_json::to_value(interval).unwrap();
    assert_eq!(json["sides"], "lower");
    assert_eq!(json["alpha"], 0.05);
}

#[test]
fn line_up_counts_the_true_key_and_ties() {
    assert_eq!(line_up(&5, &[]), Log10P::ONE);
    assert_eq!(line_up(&5, &[1, 2, 5, 9]).to_string(), "6.0e-1");
    assert_eq!(line_up(&10, &[1; 999]).to_string(), "1.0e-3");
    let p = |l: f64| std::cmp::Reverse(Log10P::new(l).unwrap());
    assert_eq!(
        line_up(&p(-50.0), &[p(-1.0), p(-60.0), p(-2.0)]).to_string(),
        "5.0e-1"
    );
}

#[test]
fn holm_handles_none_and_one() {
    assert!(holm(&[]).is_empty());
    let one = Log10P::new(-3.5).unwrap();
    assert_eq!(holm(&[one]), [one]);
}
