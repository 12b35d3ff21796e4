//! Fixed-point scores against high-precision values, and their laws.

use hallmark_core::score::{
    SCORE_BITS, count_below, exponential, log_reciprocal, sum_exponential, sum_log_reciprocal,
    sum_ones,
};
use proptest::prelude::*;

const UNIT: f64 = 1.0 / (1u32 << SCORE_BITS) as f64;

/// Above what the documentation of `score` states, in nats.
const MAX_GAP: f64 = 2.13e-6;

/// −ln(1 − w/2^32) and −ln(w/2^32) in units, to about 1e-7 of a unit.
fn in_units(word: u32) -> (f64, f64) {
    let full = 4_294_967_296.0;
    let upper = if word == 0 {
        40.0 * 2f64.ln()
    } else {
        -(f64::from(word) / full).ln()
    };
    // Where the logarithm of a ratio near 1 would cancel, take ln(1 + x).
    let lower = -(-f64::from(word) / full).ln_1p();
    (lower / UNIT, upper / UNIT)
}

/// Gaps in nats; panics when a bound does not hold.
fn gaps(word: u32) -> (f64, f64) {
    let (lower, upper) = in_units(word);
    let (below, above) = (
        lower - f64::from(exponential(word)),
        f64::from(log_reciprocal(word)) - upper,
    );
    assert!(
        below >= -1e-6,
        "exponential({word}) exceeds the truth: {below}"
    );
    assert!(
        above >= -1e-6,
        "log_reciprocal({word}) is below the truth: {above}"
    );
    (below * UNIT, above * UNIT)
}

#[test]
fn scores_equal_the_golden_vectors_and_bound_the_true_values() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../vectors/score-v1.json")).unwrap();
    let golden = golden.as_array().unwrap();
    assert!(golden.len() > 700);
    for case in golden {
        let word = case["word"].as_u64().unwrap() as u32;
        let nats = |name: &str| case[name].as_str().unwrap().parse::<f64>().unwrap();
        assert_eq!(case["exponential"], exponential(word), "word {word}");
        assert_eq!(case["log_reciprocal"], log_reciprocal(word), "word {word}");
        let below = nats("exponential_nats") - f64::from(exponential(word)) * UNIT;
        let above = f64::from(log_reciprocal(word)) * UNIT - nats("log_reciprocal_nats");
        assert!(
            (-1e-14..MAX_GAP).contains(&below),
            "exponential({word}): {below}"
        );
        assert!(
            (-1e-14..MAX_GAP).contains(&above),
            "log_reciprocal({word}): {above}"
        );
    }
}

#[test]
fn both_bounds_hold_and_are_close_and_monotone_over_strides() {
    let (mut last, mut last_upper) = (0, u32::MAX);
    for word in (0..u32::MAX)
        .step_by(4099)
        .chain((u32::MAX - 70_000)..=u32::MAX)
    {
        let (below, above) = gaps(word);
        assert!(
            below < MAX_GAP && above < MAX_GAP,
            "word {word}: {below}, {above}"
        );
        assert!(
            exponential(word) >= last || word == u32::MAX - 70_000,
            "word {word}"
        );
        assert!(
            log_reciprocal(word) <= last_upper || word == u32::MAX - 70_000,
            "word {word}"
        );
        (last, last_upper) = (exponential(word), log_reciprocal(word));
    }
}

#[test]
fn small_words_score_themselves_in_units_of_2_to_the_minus_32() {
    assert_eq!(exponential(0), 0);
    for word in (0..1 << 23).step_by(101) {
        assert_eq!(exponential(word), word >> 8);
    }
}

/// All 2^32 words: the figures in the documentation of `score` come from here.
#[test]
#[ignore = "three minutes; run with --release -- --ignored --nocapture"]
fn every_word() {
    let (mut max, mut sum, mut last) = ((0.0f64, 0.0f64), (0.0, 0.0), (0, u32::MAX));
    for word in 0..=u32::MAX {
        let (below, above) = gaps(word);
        max = (max.0.max(below), max.1.max(above));
        sum = (sum.0 + below, sum.1 + above);
        let now = (exponential(word), log_reciprocal(word));
        assert!(now.0 >= last.0 && now.1 <= last.1, "not monotone at {word}");
        last = now;
    }
    let mean = (sum.0 / 2f64.powi(32), sum.1 / 2f64.powi(32));
    println!(
        "exponential: deficit max {:.4e}, mean {:.4e} nat",
        max.0, mean.0
    );
    println!(
        "log_reciprocal: excess max {:.4e}, mean {:.4e} nat",
        max.1, mean.1
    );
    assert!(max.0 < MAX_GAP && max.1 < MAX_GAP);
}

proptest! {
    #[test]
    fn scores_are_monotone(a: u32, b: u32, near in 0u32..1000) {
        for (low, high) in [(a.min(b), a.max(b)), (a, a.saturating_add(near))] {
            prop_assert!(exponential(low) <= exponential(high));
            prop_assert!(log_reciprocal(low) >= log_reciprocal(high));
        }
    }

    #[test]
    fn sums_are_the_sums_of_the_parts(
        words in prop::collection::vec(any::<u32>(), 0..200),
        threshold: u32,
        mask: u32,
    ) {
        let sum: u64 = words.iter().map(|&w| u64::from(exponential(w))).sum();
        prop_assert_eq!(sum_exponential(&words), sum);
        let sum: u64 = words.iter().map(|&w| u64::from(log_reciprocal(w))).sum();
        prop_assert_eq!(sum_log_reciprocal(&words), sum);
        let below = words.iter().filter(|&&w| w < threshold).count();
        prop_assert_eq!(count_below(&words, threshold), below as u64);
        let ones: u64 = words.iter().map(|&w| u64::from((w & mask).count_ones())).sum();
        prop_assert_eq!(sum_ones(&words, mask), ones);
    }
}
