//! The marker: what it samples, what it leaves alone, its state, its errors.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::cells::CellBatch;
use hallmark_core::keys::{CohortKey, RootKey};
use hallmark_core::mark::Mark;
use hallmark_core::marker::{Choice, Marker, MarkerError};
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::row::RowError;
use hallmark_core::schemes::{Parameters, Scheme, green_threshold};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const SCHEMES: [Scheme; 4] = [
    Scheme::GUMBEL,
    Scheme::DUAL_GUMBEL,
    Scheme::green(0.25, 2.0),
    Scheme::tournament(32),
];

fn profile(scheme: Scheme, window: usize) -> Profile {
    let tokenizer = TokenizerRef {
        vocab_size: 1000,
        sha256: None,
    };
    Profile {
        name: "test".to_owned(),
        scheme,
        window,
        ring: 1,
        tokenizer,
    }
}

fn bound(scheme: Scheme, window: usize, key: u64) -> Mark {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&key.to_le_bytes());
    Mark::new(
        &profile(scheme, window),
        &CohortKey::from_bytes(bytes).into(),
    )
    .unwrap()
}

fn marker(scheme: Scheme, window: usize, key: u64) -> Marker {
    bound(scheme, window, key)
        .marker_with_capacity(&[], 64)
        .unwrap()
}

fn uniform(rng: &mut impl Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn softmax(logits: &[f32]) -> Vec<f64> {
    let weights: Vec<f64> = logits.iter().map(|&l| f64::from(l).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

/// Pearson's statistic of counts against expected counts.
fn chi_square(counts: &[u32], expected: &[f64]) -> f64 {
    counts
        .iter()
        .zip(expected)
        .map(|(&n, e)| (f64::from(n) - e).powi(2) / e)
        .sum()
}

/// 8 outcomes, 7 degrees of freedom: exceeded by chance once in a million runs with new seeds.
const CHI_SQUARE_7_AT_1E6: f64 = 40.522;

const LOGITS: [f32; 8] = [0.0, 1.0, -1.0, 2.0, 0.5, -2.0, 1.5, -0.3];

/// Counts of the chosen index over many keys, through candidates or through a row.
fn sample(scheme: Scheme, rows: bool, keys: u64) -> (Vec<u32>, Vec<f64>) {
    let candidates: Vec<u32> = if rows {
        (0..8).collect()
    } else {
        (0..8).map(|i| 100 * i + 7).collect()
    };
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut counts = vec![0; 8];
    let mut expected = vec![0.0; 8];
    for key in 0..keys {
        let mark = bound(scheme, 2, key);
        let mut marker = mark.marker(&[]).unwrap();
        marker.accept(3).expect("a small id");
        marker.accept(4).expect("a small id");
        let mut logits = LOGITS;
        let u = uniform(&mut rng);
        let choice = if rows {
            marker.choose_row(&mut logits, u).expect("finite logits")
        } else {
            marker
                .choose(&candidates, &mut logits, u)
                .expect("finite logits")
        };
        assert!(choice.marked);
        counts[choice.index] += 1;
        let mut tilted = LOGITS;
        if let Parameters::Green { gamma, delta } = scheme.parameters() {
            let mut batch = CellBatch::new(2, 8);
            batch.fill(&[3, 4], &candidates);
            let mut words = [0; 8];
            mark.words(&batch, &mut words);
            for (logit, word) in tilted.iter_mut().zip(words) {
                if word < green_threshold(gamma) {
                    *logit += delta as f32;
                }
            }
        }
        for (sum, p) in expected.iter_mut().zip(softmax(&tilted)) {
            *sum += p;
        }
    }
    (counts, expected)
}

/// Over many keys, `gumbel`, `dual-gumbel` and `tournament` sample from the model's own
/// distribution, and `green` from the tilted one. False-alarm rate: 1e-6 for each of eight cases,
/// were the seeds drawn anew.
#[test]
fn sampling_over_keys_reproduces_the_distribution() {
    for scheme in SCHEMES {
        for rows in [false, true] {
            let (counts, expected) = sample(scheme, rows, 40_000);
            let statistic = chi_square(&counts, &expected);
            assert!(
                statistic < CHI_SQUARE_7_AT_1E6,
                "{} (rows: {rows}): chi-square {statistic} from {counts:?} against {expected:?}",
                scheme.id()
            );
        }
    }
}

/// The test above would notice a distribution that is off by a tenth of a nat in one logit.
#[test]
fn the_distribution_test_has_power() {
    let (counts, _) = sample(Scheme::GUMBEL, false, 40_000);
    let mut other = LOGITS;
    other[3] += 0.1;
    let expected: Vec<f64> = softmax(&other).iter().map(|p| p * 40_000.0).collect();
    assert!(chi_square(&counts, &expected) > CHI_SQUARE_7_AT_1E6);
}

/// Under one key and window the choice follows the key, not the step's randomness.
#[test]
fn gumbel_repeats_its_choice_for_one_window_and_key() {
    for scheme in [Scheme::GUMBEL, Scheme::DUAL_GUMBEL] {
        let choose = |u| {
            let mut marker = marker(scheme, 1, 9);
            marker.accept(1).unwrap();
            marker.choose_row(&mut LOGITS.clone(), u).unwrap()
        };
        assert_eq!(choose(0.01), choose(0.99));
    }
}

/// What the marker chooses scores high under its own key: mean score over 2,000 fresh windows at
/// least 8 standard deviations above the null mean (chance below 1e-14).
#[test]
fn chosen_cells_score_high_under_the_key_and_not_under_another() {
    for scheme in SCHEMES {
        let mark = bound(scheme, 2, 1);
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let mut marker = mark.marker(&[]).unwrap();
        let (mut own, mut other) = (CellBatch::new(2, 4000), bound(scheme, 2, 2));
        while own.len() < 2000 {
            let mut logits: Vec<f32> = (0..50).map(|_| (uniform(&mut rng) * 3.0) as f32).collect();
            let choice = marker.choose_row(&mut logits, uniform(&mut rng)).unwrap();
            if choice.marked {
                let window = &marker.tokens()[marker.tokens().len() - 2..];
                own.push(window, choice.index as u32);
            }
            marker.accept(choice.index as u32).unwrap();
        }
        let z = |mark: &Mark| {
            let mut words = vec![0; own.len()];
            mark.words(&own, &mut words);
            let law = mark.law();
            let n = own.len() as f64;
            let mean = law.null_mean();
            let variance = match law.trials() {
                1 if law.unit() == 1 => mean * (1.0 - mean),
                1 => 1.0,
                trials => trials as f64 / 4.0,
            };
            (law.sum(&words) as f64 / law.unit() as f64 - n * mean) / (n * variance).sqrt()
        };
        assert!(z(&mark) > 8.0, "{}: own z = {}", scheme.id(), z(&mark));
        assert!(
            z(&other).abs() < 4.5,
            "{}: other z = {}",
            scheme.id(),
            z(&other)
        );
        other = mark;
        drop(other);
    }
}

#[test]
fn positions_without_a_full_window_and_repeated_windows_are_not_marked() {
    for window in 1..=4 {
        let mut marker = marker(Scheme::GUMBEL, window, 3);
        for position in 0..window {
            assert!(
                !marker.choose_row(&mut LOGITS.clone(), 0.5).unwrap().marked,
                "{position}"
            );
            marker.accept(5).unwrap();
        }
        assert!(marker.choose_row(&mut LOGITS.clone(), 0.5).unwrap().marked);
        marker.accept(5).unwrap();
        assert!(!marker.is_open(), "the window of {window} fives was used");
        assert!(!marker.choose_row(&mut LOGITS.clone(), 0.5).unwrap().marked);
        marker.accept(6).unwrap();
        assert!(marker.is_open(), "a new window");
    }
}

#[test]
fn masked_tokens_are_never_revived() {
    for scheme in SCHEMES {
        for key in 0..300 {
            let mut marker = marker(scheme, 1, key);
            marker.accept(0).unwrap();
            let mut logits = [f32::NEG_INFINITY; 40];
            logits[17] = -80.0;
            logits[29] = -81.0;
            let choice = marker.choose_row(&mut logits, 0.999_999).unwrap();
            assert!(
                [17, 29].contains(&choice.index),
                "{} chose {}",
                scheme.id(),
                choice.index
            );
        }
    }
}

#[test]
fn unusable_rows_are_errors_and_leave_the_state_alone() {
    for scheme in SCHEMES {
        for opened in [false, true] {
            let mut marker = marker(scheme, 1, 1);
            if opened {
                marker.accept(2).unwrap();
            }
            let before = marker.tokens().to_vec();
            let row = |logits: &[f32], marker: &mut Marker| {
                let candidates: Vec<u32> = (0..logits.len() as u32).collect();
                let a = marker
                    .choose(&candidates, &mut logits.to_vec(), 0.5)
                    .unwrap_err();
                let b = marker.choose_row(&mut logits.to_vec(), 0.5).unwrap_err();
                assert_eq!(a, b, "{}", scheme.id());
                a
            };
            let nan = row(&[0.0, f32::NAN, 1.0], &mut marker);
            assert_eq!(nan, MarkerError::Row(RowError::NaN { token: 1 }));
            let masked = row(&[f32::NEG_INFINITY; 3], &mut marker);
            assert_eq!(masked, MarkerError::Row(RowError::AllMasked));
            let infinite = row(&[0.0, 1.0, f32::INFINITY], &mut marker);
            assert_eq!(infinite, MarkerError::Row(RowError::Infinite { token: 2 }));
            assert_eq!(row(&[], &mut marker), MarkerError::Row(RowError::AllMasked));
            assert_eq!(marker.tokens(), before);
        }
    }
    let mut marker = marker(Scheme::GUMBEL, 1, 1);
    assert_eq!(
        marker.choose(&[1, 2], &mut [0.0], 0.5),
        Err(MarkerError::Lengths {
            candidates: 2,
            logits: 1
        })
    );
    assert!(matches!(
        marker.accept(0xFF_FFFF),
        Err(MarkerError::Token { .. })
    ));
    assert!(matches!(
        marker.choose(&[0xFF_FFFF], &mut [0.0], 0.5),
        Err(MarkerError::Token { .. })
    ));
    assert_eq!(
        marker.rollback(1),
        Err(MarkerError::Rollback {
            asked: 1,
            accepted: 0
        })
    );
    assert_eq!(marker.bias_row(&mut [0.0; 4]), Err(MarkerError::NotABias));
}

#[test]
fn greedy_requests_are_left_alone_except_under_green() {
    for scheme in SCHEMES {
        let mut changed = 0;
        for key in 0..200 {
            let mut marker = marker(scheme, 1, key).greedy();
            marker.accept(1).unwrap();
            let candidates: Vec<u32> = (0..8).collect();
            let a = marker
                .choose(&candidates, &mut LOGITS.clone(), 0.3)
                .unwrap();
            let b = marker.choose_row(&mut LOGITS.clone(), 0.9).unwrap();
            assert_eq!(a, b);
            changed += usize::from(
                a != Choice {
                    index: 3,
                    marked: a.marked,
                },
            );
        }
        assert_eq!(
            changed > 0,
            matches!(scheme.parameters(), Parameters::Green { .. }),
            "{}",
            scheme.id()
        );
    }
}

#[test]
fn bias_row_gives_green_tokens_their_delta_and_nothing_else() {
    let mut marker = marker(Scheme::green(0.25, 2.0), 1, 7);
    let mut logits = vec![1.0; 900];
    logits[5] = f32::NEG_INFINITY;
    assert!(!marker.bias_row(&mut logits).unwrap(), "no window yet");
    assert_eq!(logits[6], 1.0);
    marker.accept(1).unwrap();
    assert!(marker.bias_row(&mut logits).unwrap());
    assert_eq!(logits[5], f32::NEG_INFINITY);
    let green = logits.iter().filter(|&&l| l == 3.0).count();
    assert_eq!(green + logits.iter().filter(|&&l| l == 1.0).count(), 899);
    assert!((150..300).contains(&green), "{green} of 900 green");
}

proptest! {
    /// Accepting, rolling back and going on leads to the same state as never having gone astray.
    #[test]
    fn rollback_undoes_accept(
        window in 1usize..=4,
        kept in proptest::collection::vec(0u32..4, 0..30),
        astray in proptest::collection::vec(0u32..4, 0..30),
        then in proptest::collection::vec(0u32..4, 0..30),
    ) {
        let mark = bound(Scheme::GUMBEL, window, 1);
        let mut straight = mark.marker(&[]).unwrap();
        let mut wandering = mark.marker(&[]).unwrap();
        for &token in &kept {
            straight.accept(token).unwrap();
            wandering.accept(token).unwrap();
        }
        for &token in &astray {
            wandering.accept(token).unwrap();
        }
        wandering.rollback(astray.len()).unwrap();
        let mut copy = wandering.clone();
        for &token in &then {
            prop_assert_eq!(straight.is_open(), wandering.is_open());
            straight.accept(token).unwrap();
            wandering.accept(token).unwrap();
            copy.accept(token).unwrap();
        }
        prop_assert_eq!(straight.is_open(), wandering.is_open());
        prop_assert_eq!(copy.is_open(), wandering.is_open());
        prop_assert_eq!(straight.tokens(), wandering.tokens());
        wandering.reset();
        prop_assert!(wandering.tokens().is_empty() && !wandering.is_open());
    }
}

#[test]
fn profiles_of_one_key_share_no_stream() {
    let key = RootKey::from_bytes([4; 32]).default_cohort();
    let mut ids = std::collections::HashSet::new();
    for scheme in ["gumbel", "dual-gumbel", "green", "tournament"] {
        for window in 1..=4 {
            for stream in ["main", "coin", "a", "b"] {
                assert!(ids.insert(*key.stream(scheme, "chacha12-v1", window, stream).expose()));
            }
        }
    }
}
