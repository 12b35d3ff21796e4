//! e-processes: exact means, statistics that suffice, and what they cost against the tails.

use hallmark_core::score;
use hallmark_detector::eprocess::{
    EProcessError, GreenEProcess, GumbelEProcess, GumbelSums, green_rate_sequence,
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

fn gumbel_e(sums: GumbelSums) -> f64 {
    let mut process = GumbelEProcess::new();
    process
        .observe(sums)
        .expect("words can have these sums")
        .value()
}

/// On the coarse lattices of multiples of 2²³ and 2²⁰ the mean over one cell is a sum of few terms, and the proof holds as
/// it does for all 2³² words.
#[test]
fn mean_of_the_gumbel_process_over_one_cell_is_at_most_one() {
    for bits in [9, 12] {
        let words = 1_u32 << bits;
        let sum: f64 = (0..words)
            .map(|k| 10.0_f64.powf(gumbel_e(GumbelSums::of_words(&[k << (32 - bits)]))))
            .sum();
        let mean = sum / f64::from(words);
        assert!(mean <= 1.0, "{mean}");
        assert!(mean > 0.95, "the process is needlessly small: {mean}");
    }
}

/// Over two cells: all pairs of 128 words.
#[test]
fn mean_of_the_gumbel_process_over_two_cells_is_at_most_one() {
    let words = || (0..128_u32).map(|k| k << 25);
    let sum: f64 = words()
        .flat_map(|first| words().map(move |second| [first, second]))
        .map(|pair| 10.0_f64.powf(gumbel_e(GumbelSums::of_words(&pair))))
        .sum();
    let mean = sum / (128.0 * 128.0);
    assert!(mean <= 1.0, "{mean}");
    assert!(mean > 0.8, "the process is needlessly small: {mean}");
}

/// With the scores in whole nats.
fn sums(cells: u64, score: u64, log_reciprocal: u64) -> GumbelSums {
    GumbelSums {
        cells,
        score: score * NAT,
        log_reciprocal: log_reciprocal * NAT,
    }
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
            gumbel.observe(sums(a + b, b, a)).unwrap();
        }
        prop_assert_eq!(process.log10_e().value(), green_e(threshold, green, cells));
        prop_assert_eq!(gumbel.log10_e().value(), gumbel_e(sums(cells, cells - green, green)));
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

    #[test]
    fn larger_words_are_more_evidence(words in prop::collection::vec(any::<u32>(), 1..200), at: prop::sample::Index, to: u32) {
        let mut raised = words.clone();
        let word = at.get_mut(&mut raised);
        *word = to.max(*word);
        let (less, more) = (gumbel_e(GumbelSums::of_words(&words)), gumbel_e(GumbelSums::of_words(&raised)));
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
    for (cells, mean) in [
        (1_000_u64, 0.8),
        (100_000, 0.96),
        (10_000_000, 0.995),
        (1_000, 1.2),
        (100_000, 1.04),
        (10_000_000, 1.005),
        (1_000, 6.0),
    ] {
        // One family sees its best alternative, whose log-likelihood ratio is n·(mean − 1 − ln mean) with the
        // mean 1/a of −ln U or 1/b of the score; the other sees nothing at all.
        let units = (mean * cells as f64 * NAT as f64) as u64;
        let e = gumbel_e(if mean < 1.0 {
            GumbelSums {
                cells,
                score: 0,
                log_reciprocal: units,
            }
        } else {
            GumbelSums {
                cells,
                score: units,
                log_reciprocal: 4 * cells * NAT,
            }
        });
        let best = cells as f64 * (mean - 1.0 - f64::ln(mean)) / std::f64::consts::LN_10;
        assert!(e <= best && e >= best * 0.98 - 2.2, "{e} against {best}");
        if mean > 1.0 {
            // T1 tests the same sum, once.
            let tail = gamma_upper(cells, units).unwrap().value();
            assert!(e <= -tail && e >= -tail * 0.98 - 3.5, "{e} against {tail}");
        }
    }
}

#[test]
fn huge_evidence_stays_finite() {
    let e = green_e(1 << 30, MAX_CELLS, MAX_CELLS);
    assert!(e.is_finite() && e > 4e13, "{e}");
    let none = green_e(1 << 30, 0, MAX_CELLS);
    assert!(none.is_finite() && none < 0.0);
    let largest = u64::from(score::exponential(u32::MAX));
    let mut gumbel = GumbelEProcess::new();
    // A sum of 2⁴⁶ largest scores does not fit a chunk's 64 bits.
    for _ in 0..2048 {
        let cells = MAX_CELLS / 2048;
        let chunk = GumbelSums {
            cells,
            score: cells * largest,
            log_reciprocal: 0,
        };
        gumbel.observe(chunk).unwrap();
    }
    let e = gumbel.log10_e().value();
    assert!(e.is_finite() && e > 5e14, "{e}");
    let mut nothing = GumbelEProcess::new();
    let chunk = GumbelSums {
        cells: 1,
        score: 0,
        log_reciprocal: u64::MAX,
    };
    let e = nothing.observe(chunk).unwrap().value();
    assert!(e.is_finite() && e < 0.0, "{e}");
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
        gumbel.observe(sums(0, 0, 1)),
        Err(EProcessError::SumWithoutCells { sum: NAT })
    );
    let largest = u64::from(score::exponential(u32::MAX));
    let impossible = GumbelSums {
        cells: 3,
        score: 3 * largest + 1,
        log_reciprocal: 0,
    };
    assert_eq!(
        gumbel.observe(impossible),
        Err(EProcessError::ScoreExceedsCells {
            score: 3 * largest + 1,
            cells: 3
        })
    );
    assert_eq!(
        gumbel.observe(sums(MAX_CELLS + 1, 0, 0)),
        Err(EProcessError::TooManyCells { limit: MAX_CELLS })
    );
    assert_eq!((gumbel.log10_e().value(), gumbel.cells()), (0.0, 0));
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
