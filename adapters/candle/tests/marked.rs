//! The sampler under a mark.

use std::collections::HashSet;

use candle_core::{DType, Device, Tensor};
use hallmark_candle::{LogitsProcessor, SampleError, Sampling};
use hallmark_core::keys::RootKey;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;

#[path = "support/mod.rs"]
mod support;
use support::{VOCABULARY, logits};

const KEY: [u8; 32] = [0xa7; 32];
const SCHEMES: [&str; 4] = ["gumbel", "dual-gumbel", "tournament", "green"];
const TEMPERATURE: f64 = 0.8;

fn mark(scheme: &str) -> Mark {
    let parameters = match scheme {
        "green" => "[green]\ngamma = 0.5\ndelta = 3.0\n",
        "tournament" => "[tournament]\nlayers = 10\n",
        _ => "",
    };
    let profile = Profile::parse(&format!(
        "hallmark = 1\nname = \"test\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 2\n\
         [tokenizer]\nvocab_size = {VOCABULARY}\n{parameters}"
    ));
    let key = RootKey::from_bytes(KEY).default_cohort();
    Mark::new(&profile.expect("the profile is well formed"), &key.into()).expect("the key fits")
}

fn sampler(scheme: &str, sampling: Sampling) -> LogitsProcessor {
    LogitsProcessor::from_sampling(3, sampling)
        .marked_by(mark(scheme).marker(&[]).expect("made here"))
}

fn row(step: usize) -> Tensor {
    Tensor::new(logits(step), &Device::Cpu).expect("a row")
}

fn run(sampler: &mut LogitsProcessor, steps: std::ops::Range<usize>) -> Vec<u32> {
    steps
        .map(|step| sampler.sample(&row(step)).expect("a token"))
        .collect()
}

/// The `k` likeliest tokens of a row and their logits at the temperature, in ascending order of tokens.
fn likeliest(step: usize, k: usize) -> (Vec<u32>, Vec<f32>) {
    let row = logits(step);
    let mut order: Vec<u32> = (0..VOCABULARY as u32).collect();
    order.sort_by(|&one, &other| row[other as usize].total_cmp(&row[one as usize]));
    order.truncate(k);
    order.sort_unstable();
    let tempered = order
        .iter()
        .map(|&token| row[token as usize] / TEMPERATURE as f32)
        .collect();
    (order, tempered)
}

#[test]
fn marked_tokens_are_the_markers() {
    for k in [5, 40, VOCABULARY] {
        let sampling = match k {
            VOCABULARY => Sampling::All {
                temperature: TEMPERATURE,
            },
            k => Sampling::TopK {
                k,
                temperature: TEMPERATURE,
            },
        };
        let mut sampler = sampler("gumbel", sampling);
        let mut marker = mark("gumbel").marker(&[]).expect("made here");
        let mut marked = 0;
        for step in 0..100 {
            let open = sampler.is_open();
            let token = sampler.sample(&row(step)).expect("a token");
            let (tokens, mut logits) = likeliest(step, k);
            // Gumbel's choice does not depend on ordinary randomness.
            let choice = marker
                .choose(&tokens, &mut logits, 0.5)
                .expect("logits are usable");
            assert_eq!(choice.marked, open);
            if open {
                assert_eq!(token, tokens[choice.index], "k {k}, step {step}");
                marked += 1;
            }
            marker.accept(token).expect("in the vocabulary");
        }
        assert!(marked > 90, "{marked}");
        assert_eq!(sampler.tokens(), marker.tokens());
    }
}

#[test]
fn the_mark_depends_on_the_key_and_not_on_the_seed() {
    let sampling = Sampling::TopK {
        k: 40,
        temperature: TEMPERATURE,
    };
    let after = |seed: u64| {
        let mut sampler = LogitsProcessor::from_sampling(seed, sampling.clone())
            .marked_by(mark("gumbel").marker(&[]).expect("made here"));
        sampler.accept(1).expect("a token");
        sampler.accept(2).expect("a token");
        run(&mut sampler, 0..50)
    };
    assert_eq!(after(1), after(2));
}

#[test]
fn truncation_holds_under_every_scheme() {
    for scheme in SCHEMES {
        for sampling in [
            Sampling::TopK {
                k: 5,
                temperature: TEMPERATURE,
            },
            Sampling::TopKThenTopP {
                k: 5,
                p: 0.99,
                temperature: TEMPERATURE,
            },
            Sampling::TopP {
                p: 0.005,
                temperature: TEMPERATURE,
            },
        ] {
            let mut sampler = sampler(scheme, sampling.clone());
            for (step, token) in run(&mut sampler, 0..100).into_iter().enumerate() {
                let (tokens, _) = likeliest(step, 5);
                assert!(
                    tokens.contains(&token),
                    "{scheme} {sampling:?} step {step}: {token}"
                );
            }
        }
    }
}

#[test]
fn the_likeliest_token_is_untouched_but_by_a_bias() {
    for scheme in SCHEMES {
        let mut marked = sampler(scheme, Sampling::ArgMax);
        let expected = run(
            &mut LogitsProcessor::from_sampling(1, Sampling::ArgMax),
            0..60,
        );
        let tokens = run(&mut marked, 0..60);
        match scheme {
            "green" => {
                let mut marker = mark("green").marker(&[]).expect("made here").greedy();
                for (step, &token) in tokens.iter().enumerate() {
                    let choice = marker
                        .choose_row(&mut logits(step), 0.0)
                        .expect("logits are usable");
                    assert_eq!(token as usize, choice.index, "step {step}");
                    marker.accept(token).expect("in the vocabulary");
                }
                assert_ne!(tokens, expected);
            }
            _ => assert_eq!(tokens, expected, "{scheme}"),
        }
    }
}

#[test]
fn a_masked_token_is_never_sampled() {
    let settings = [
        Sampling::ArgMax,
        Sampling::All {
            temperature: TEMPERATURE,
        },
        Sampling::TopK {
            k: 40,
            temperature: TEMPERATURE,
        },
        Sampling::TopP {
            p: 0.99,
            temperature: TEMPERATURE,
        },
        Sampling::TopKThenTopP {
            k: 40,
            p: 0.99,
            temperature: TEMPERATURE,
        },
        Sampling::GumbelSoftmax {
            temperature: TEMPERATURE,
        },
    ];
    for (scheme, sampling) in SCHEMES
        .iter()
        .flat_map(|scheme| settings.iter().map(move |sampling| (scheme, sampling)))
    {
        let mut sampler = sampler(scheme, sampling.clone());
        for step in 0..60 {
            let mut logits = logits(step);
            for (token, logit) in logits.iter_mut().enumerate() {
                if (token + step) % 331 != 0 {
                    *logit = f32::NEG_INFINITY;
                }
            }
            let token = sampler
                .sample(&Tensor::new(&logits[..], &Device::Cpu).expect("a row"))
                .expect("a token");
            assert!(
                logits[token as usize].is_finite(),
                "{scheme} {sampling:?} step {step}"
            );
        }
    }
}

#[test]
fn a_token_whose_probability_is_changed_to_nothing_is_never_sampled() {
    for scheme in SCHEMES {
        let mut sampler = sampler(
            scheme,
            Sampling::All {
                temperature: TEMPERATURE,
            },
        );
        for step in 0..60 {
            let even = |row: &mut [f32]| {
                row.iter_mut()
                    .step_by(2)
                    .for_each(|probability| *probability = 0.0);
            };
            let token = sampler.sample_f(&row(step), even).expect("a token");
            assert_eq!(token % 2, 1, "{scheme} step {step}");
        }
    }
}

#[test]
fn half_precision_is_read() {
    let sampling = Sampling::TopK {
        k: 40,
        temperature: TEMPERATURE,
    };
    for dtype in [DType::F16, DType::BF16] {
        let mut half = sampler("gumbel", sampling.clone());
        let mut full = sampler("gumbel", sampling.clone());
        for step in 0..50 {
            let row = row(step).to_dtype(dtype).expect("rounded");
            let wide = row.to_dtype(DType::F32).expect("exact");
            assert_eq!(
                half.sample(&row).expect("a token"),
                full.sample(&wide).expect("a token")
            );
        }
    }
}

#[test]
fn a_clone_goes_on_as_the_original_and_apart_from_it() {
    let mut one = sampler(
        "tournament",
        Sampling::TopK {
            k: 40,
            temperature: TEMPERATURE,
        },
    );
    run(&mut one, 0..20);
    let mut other = one.clone();
    assert_eq!(run(&mut one, 20..60), run(&mut other, 20..60));
    other.reset();
    assert_eq!((one.tokens().len(), other.tokens().len()), (60, 0));
}

#[test]
fn after_a_reset_or_a_rollback_windows_are_new_again() {
    let mut sampler = sampler(
        "gumbel",
        Sampling::TopK {
            k: 40,
            temperature: TEMPERATURE,
        },
    );
    let first = run(&mut sampler, 0..30);
    sampler.rollback(10).expect("thirty were accepted");
    assert_eq!(run(&mut sampler, 20..30), first[20..]);
    sampler.reset();
    sampler.accept(first[0]).expect("a token");
    sampler.accept(first[1]).expect("a token");
    assert_eq!(run(&mut sampler, 2..30), first[2..]);
    assert!(sampler.rollback(31).is_err());
}

#[test]
fn what_cannot_be_sampled_is_an_error_that_accepts_nothing() {
    let mut sampler = sampler(
        "gumbel",
        Sampling::TopK {
            k: 40,
            temperature: TEMPERATURE,
        },
    );
    run(&mut sampler, 0..5);
    for bad in [f32::NAN, f32::INFINITY] {
        let mut logits = logits(5);
        logits[17] = bad;
        let error = sampler
            .sample(&Tensor::new(logits, &Device::Cpu).expect("a row"))
            .expect_err("refused");
        assert!(
            matches!(error, SampleError::Marker { position: 5, .. }),
            "{error}"
        );
    }
    let masked = Tensor::new(&[f32::NEG_INFINITY; VOCABULARY], &Device::Cpu).expect("a row");
    assert!(sampler.sample(&masked).is_err());
    let batch = row(5).unsqueeze(0).expect("two dimensions");
    let error = sampler.sample(&batch).expect_err("refused");
    assert!(error.to_string().contains("[1, 1000]"), "{error}");
    // As candle's own errors, with the reason in them.
    assert!(
        candle_core::Error::from(error)
            .to_string()
            .contains("[1, 1000]")
    );
    assert_eq!(sampler.tokens().len(), 5);
    assert!(sampler.sample(&row(5)).is_ok());
}

#[test]
fn the_key_is_never_shown() {
    let mut sampler = sampler(
        "gumbel",
        Sampling::All {
            temperature: TEMPERATURE,
        },
    );
    run(&mut sampler, 0..5);
    let shown = format!("{sampler:?}{sampler:#?}").to_lowercase();
    for secret in [format!("{KEY:?}"), "a7a7".into(), "167, 167".into()] {
        assert!(!shown.contains(&secret), "{shown}");
    }
    // Nor the text.
    let tokens: HashSet<String> = sampler
        .tokens()
        .iter()
        .map(|token| format!("[{token}"))
        .collect();
    assert!(tokens.iter().all(|token| !shown.contains(token)), "{shown}");
}
