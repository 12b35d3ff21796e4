use super::*;
use alloc::vec::Vec;

/// The survivors by the definition: sort, take, sum.
fn by_definition(row: &[f32], sampling: &Sampling) -> Vec<u32> {
    let mut kept: Vec<(usize, f64)> = row
        .iter()
        .enumerate()
        .filter(|(_, logit)| logit.is_finite())
        .map(|(token, &logit)| (token, f64::from(logit) / f64::from(sampling.temperature)))
        .collect();
    kept.sort_by(|a, b| b.1.total_cmp(&a.1));
    let top = kept[0].1;
    if sampling.top_k > 0 && sampling.top_k < kept.len() {
        let least = kept[sampling.top_k - 1].1;
        kept.retain(|&(_, logit)| logit >= least);
    }
    if sampling.top_p < 1.0 {
        let total: f64 = kept.iter().map(|&(_, logit)| (logit - top).exp()).sum();
        let mut sum = 0.0;
        let mut last = kept[kept.len() - 1].1;
        for &(_, logit) in &kept {
            sum += (logit - top).exp();
            if sum >= f64::from(sampling.top_p) * total {
                last = logit;
                break;
            }
        }
        kept.retain(|&(_, logit)| logit >= last);
    }
    if sampling.min_p > 0.0 {
        kept.retain(|&(_, logit)| (logit - top).exp() >= f64::from(sampling.min_p) * (1.0 - 1e-6));
    }
    let mut tokens: Vec<u32> = kept.iter().map(|&(token, _)| token as u32).collect();
    tokens.sort_unstable();
    tokens
}

fn row(length: usize, seed: u64, spread: f32) -> Vec<f32> {
    let mut state = seed;
    let mut row: Vec<f32> = (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            spread * ((state >> 40) as f32 / (1 << 24) as f32)
        })
        .collect();
    for masked in row.iter_mut().step_by(7) {
        *masked = f32::NEG_INFINITY;
    }
    row
}

#[test]
fn survivors_are_those_of_the_definition() {
    let mut candidates = Candidates::default();
    for (length, spread) in [(8, 3.0), (63, 1.0), (64, 9.0), (1000, 20.0), (5003, 4.0)] {
        for seed in 0..20 {
            let row = row(length, seed, spread);
            for (top_k, top_p, min_p, temperature) in [
                (1, 1.0, 0.0, 1.0),
                (5, 1.0, 0.0, 0.7),
                (40, 0.9, 0.0, 1.3),
                (0, 0.95, 0.0, 1.0),
                (0, 0.3, 0.0, 0.25),
                (0, 1.0, 0.05, 1.0),
                (50, 0.8, 0.1, 0.6),
                (100_000, 0.5, 0.0, 1.0),
            ] {
                let sampling = Sampling {
                    temperature,
                    top_k,
                    top_p,
                    min_p,
                };
                candidates.survivors(&row, &sampling).expect("a usable row");
                let expected = by_definition(&row, &sampling);
                assert_eq!(candidates.tokens, expected, "{length} {seed} {sampling:?}");
                for (&token, &logit) in candidates.tokens.iter().zip(&candidates.logits) {
                    assert!((row[token as usize] / temperature - logit).abs() < 1e-4);
                }
            }
        }
    }
}

#[test]
fn ties_with_the_last_are_kept() {
    let mut candidates = Candidates::default();
    let row = [1.0, 3.0, 2.0, 2.0, f32::NEG_INFINITY];
    let sampling = Sampling {
        top_k: 2,
        ..Sampling::default()
    };
    candidates.survivors(&row, &sampling).expect("a usable row");
    assert_eq!(candidates.tokens, [1, 2, 3]);
}

#[test]
fn unusable_rows_are_errors() {
    let mut candidates = Candidates::default();
    let sampling = Sampling {
        top_k: 2,
        ..Sampling::default()
    };
    let mut refused = |row: &[f32]| candidates.survivors(row, &sampling).expect_err("unusable");
    assert_eq!(refused(&[1.0, f32::NAN]), RowError::NaN { token: 1 });
    assert_eq!(refused(&[f32::INFINITY]), RowError::Infinite { token: 0 });
    assert_eq!(refused(&[f32::NEG_INFINITY; 3]), RowError::AllMasked);
    assert_eq!(refused(&[]), RowError::AllMasked);
}

#[test]
fn ordinary_draws_follow_the_distribution() {
    let mut candidates = Candidates::default();
    let sampling = Sampling {
        temperature: 0.5,
        top_k: 3,
        ..Sampling::default()
    };
    let logits = [0.0, 1.0, 0.5, -4.0];
    let mut counts = [0u32; 4];
    for step in 0..10_000 {
        let uniform = f64::from(step) / 10_000.0;
        let mut row = logits;
        counts[ordinary(&mut row, &sampling, &mut candidates, uniform).expect("usable")] += 1;
    }
    let weights = [0.0f64, 2.0, 1.0].map(f64::exp);
    let total: f64 = weights.iter().sum();
    for (count, weight) in counts.iter().zip(weights) {
        assert!((f64::from(*count) - 10_000.0 * weight / total).abs() < 2.0);
    }
    assert_eq!(counts[3], 0);
}

#[test]
fn settings_that_are_none_are_named() {
    let bad = |sampling: Sampling| sampling.check().expect_err("bad").name;
    let usual = Sampling::default();
    assert_eq!(usual.check(), Ok(()));
    assert_eq!(
        bad(Sampling {
            temperature: -1.0,
            ..usual
        }),
        "temperature"
    );
    assert_eq!(
        bad(Sampling {
            temperature: f32::NAN,
            ..usual
        }),
        "temperature"
    );
    assert_eq!(
        bad(Sampling {
            top_p: 0.0,
            ..usual
        }),
        "top_p"
    );
    assert_eq!(
        bad(Sampling {
            min_p: 1.5,
            ..usual
        }),
        "min_p"
    );
}
