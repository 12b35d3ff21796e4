//! e-processes: exact means, statistics that suffice, and what they cost against the tails.

use hallmark_detector::eprocess::{
    EProcessError, GreenEProcess, GumbelEProcess, green_rate_sequence,
};
use hallmark_detector::interval::{Sides, clopper_pearson};
use hallmark_detector::tail::{MAX_CELLS, NAT, binomial_upper, gamma_upper};
use proptest::prelude::*;

fn green_e(threshold: u32, green: u64, cells: u64) -> f64 {
    let mut process = GreenEProcess::new(threshold).expect("the threshold leaves an alternative");
    process
        .observe(green, cells)
        .expect("green is at most cells")
        .value()
}

/// `E[E_n] = Σ_s C(n, s)·γ^s(1−γ)^(n−s)·E(s, n)` is 1 for a martingale; ours is rounded down.
#[test]
fn mean_of_the_green_process_is_one() {
    for threshold in [
        1 << 30,
        1 << 31,
        429_496_729,
        0x9E37_79B1,
        1,
        1000,
        u32::MAX - 1,
    ] {
        let gamma = f64::from(threshold) / 2.0_f64.powi(32);
        for n in [1_u64, 2, 5, 13, 40] {
            let mut mean = 0.0;
            let mut ways = 1.0;
            for s in 0..=n {
                // In logarithms: at γ = 2⁻³² the factors leave the range of f64.
                let ln = s as f64 * gamma.ln() + (n - s) as f64 * (-gamma).ln_1p();
                let log10 = ln / std::f64::consts::LN_10 + green_e(threshold, s, n);
                mean += ways * 10.0_f64.powf(log10);
                ways *= (n - s) as f64 / (s + 1) as f64;
            }
            assert!(
                (mean - 1.0).abs() < 1e-9,
                "mean {mean} at threshold {threshold}, n = {n}"
            );
        }
    }
}

/// One cell of each of 4,096 words' classes: the mean of E over uniform words, bounded from both sides.
///
/// U is monotone in the word, so the mean over each block of 2²⁰ words lies between its ends' values.
#[test]
fn mean_of_the_gumbel_process_over_one_cell_is_at_most_one() {
    let e = |u: f64| {
        let mut process = GumbelEProcess::new();
        let units = (-u.ln() * NAT as f64).ceil() as u64;
        10.0_f64.powf(process.observe(units, 1).unwrap().value())
    };
    let blocks = 4096;
    let right: f64 = (1..=blocks)
        .map(|k| e(f64::from(k) / f64::from(blocks)))
        .sum();
    let left: f64 = (1..blocks)
        .map(|k| e(f64::from(k) / f64::from(blocks)))
        .sum();
    let (lower, upper) = (left / f64::from(blocks), right / f64::from(blocks));
    assert!(lower <= 1.0, "{lower}");
    // The upper sum exceeds the integral by at most (E(1) − E(0)) / blocks.
    assert!(upper <= 1.0 + e(1.0) / f64::from(blocks), "{upper}");
    assert!(
        upper > 1.0 - 1e-3,
        "the process is needlessly small: {upper}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn only_the_totals_matter(chunks in prop::collection::vec((0_u64..500, 0_u64..500), 1..20), threshold in 1_u32..u32::MAX) {
        let mut process = GreenEProcess::new(threshold).unwrap();
        let mut gumbel = GumbelEProcess::new();
        let (mut green, mut cells) = (0, 0);
        for &(a, b) in &chunks {
            green += a;
            cells += a + b;
            process.observe(a, a + b).unwrap();
            if a + b > 0 {
                gumbel.observe(a * NAT, a + b).unwrap();
            }
        }
        prop_assert_eq!(process.log10_e().value(), green_e(threshold, green, cells));
        let mut whole = GumbelEProcess::new();
        if cells > 0 {
            whole.observe(green * NAT, cells).unwrap();
        }
        prop_assert_eq!(gumbel.log10_e(), whole.log10_e());
    }

    #[test]
    fn supremum_never_falls_and_bounds_now(chunks in prop::collection::vec((0_u64..50, 0_u64..50), 1..40)) {
        let mut process = GreenEProcess::new(1 << 31).unwrap();
        let mut before = process.sup_log10_e();
        for &(a, b) in &chunks {
            let now = process.observe(a, a + b).unwrap();
            prop_assert!(process.sup_log10_e() >= before && process.sup_log10_e() >= now);
            before = process.sup_log10_e();
        }
        prop_assert_eq!(process.p_value().value(), -before.value());
        prop_assert!(process.trajectory().contains(&process.supremum()));
    }

    #[test]
    fn more_green_is_more_evidence(cells in 1_u64..100_000, share in 0.0..1.0_f64, threshold in 1_u32..u32::MAX) {
        let green = (cells as f64 * share) as u64;
        let (less, more) = (green_e(threshold, green, cells), green_e(threshold, green + 1, cells));
        prop_assert!(more >= less - 1e-9 * (1.0 + less.abs()), "{} {}", less, more);
    }
}

/// At the end of a stream the e-process gives away the mixture's log10 64 and the tail's polynomial factor, no more.
#[test]
fn price_against_the_exact_tails_is_a_few_decades() {
    for (cells, green) in [
        (1_000_u64, 350_u64),
        (30_000, 8_700),
        (1_000_000, 259_000),
        (10_000, 10_000),
    ] {
        let tail = binomial_upper(cells, green, 1 << 30).unwrap().value();
        let e = green_e(1 << 30, green, cells);
        assert!(
            e <= -tail,
            "an e-value cannot beat the fixed-n p here: {e} {tail}"
        );
        assert!(e >= -tail * 0.99 - 3.5, "{e} against {tail} at {cells}");
    }
    for (cells, log_reciprocal) in [
        (1_000_u64, 800.0),
        (100_000, 96_000.0),
        (10_000_000, 9_950_000.0),
    ] {
        let mut process = GumbelEProcess::new();
        let units = (log_reciprocal * NAT as f64) as u64;
        let e = process.observe(units, cells).unwrap().value();
        // The likelihood ratio at the best alternative: n·(ln a + 1/a − 1) with 1/a the mean.
        let mean = log_reciprocal / cells as f64;
        let best = cells as f64 * (mean - 1.0 - mean.ln()) / std::f64::consts::LN_10;
        assert!(e <= best && e >= best * 0.98 - 2.0, "{e} against {best}");
    }
    // And the same order of magnitude as the tail of the usual score at an equal deviation.
    let tail = gamma_upper(100_000, 104_000 * NAT).unwrap().value();
    assert!((-45.0..-25.0).contains(&tail), "{tail}");
}

#[test]
fn huge_evidence_stays_finite() {
    let e = green_e(1 << 30, MAX_CELLS, MAX_CELLS);
    assert!(e.is_finite() && e > 4e13, "{e}");
    let none = green_e(1 << 30, 0, MAX_CELLS);
    assert!(none.is_finite() && none < 0.0);
}

#[test]
fn impossible_observations_are_refused_and_change_nothing() {
    let mut green = GreenEProcess::new(1 << 30).unwrap();
    green.observe(30, 40).unwrap();
    let before = green.log10_e();
    assert_eq!(
        green.observe(5, 4),
        Err(EProcessError::CountExceedsCells { green: 5, cells: 4 })
    );
    assert_eq!(
        green.observe(0, MAX_CELLS),
        Err(EProcessError::TooManyCells { limit: MAX_CELLS })
    );
    assert_eq!(
        (green.log10_e(), green.cells(), green.green()),
        (before, 40, 30)
    );
    let mut gumbel = GumbelEProcess::new();
    assert_eq!(
        gumbel.observe(1, 0),
        Err(EProcessError::SumWithoutCells { sum: 1 })
    );
    assert_eq!(gumbel.log10_e().value(), 0.0);
    for threshold in [0, u32::MAX] {
        assert!(matches!(
            GreenEProcess::new(threshold),
            Err(EProcessError::Threshold { .. })
        ));
    }
}

#[test]
fn confidence_sequence_narrows_around_the_rate() {
    let mut process = GreenEProcess::new(1 << 30).unwrap();
    let empty = process.confidence_sequence(0.05).unwrap();
    assert_eq!((empty.low, empty.high), (0.0, 1.0));
    let mut width = 1.0;
    for _ in 0..4 {
        process.observe(30_000, 100_000).unwrap();
        let interval = process.confidence_sequence(0.05).unwrap();
        assert!(interval.low > 0.29 && interval.low < 0.3 && interval.high > 0.3);
        assert!(interval.high - interval.low < width);
        width = interval.high - interval.low;
    }
    assert!(width < 0.0066, "{width}");
    assert_eq!(green_rate_sequence(100, 100, 0.05).unwrap().high, 1.0);
    assert_eq!(green_rate_sequence(100, 0, 0.05).unwrap().low, 0.0);
    // The price of looking at any time against Clopper–Pearson's one look: less than 2.5 times the width.
    let (sequence, single) = (
        green_rate_sequence(1_000_000, 259_000, 0.05).unwrap(),
        clopper_pearson(1_000_000, 259_000, 0.05, Sides::Two).unwrap(),
    );
    let ratio = (sequence.high - sequence.low) / (single.high - single.low);
    assert!(ratio > 1.0 && ratio < 2.5, "{ratio}");
}
