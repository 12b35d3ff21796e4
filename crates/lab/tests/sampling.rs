//! Sampling: cached steps agree with a full pass, seeds decide everything, and the distribution is the model's.

use std::error::Error;

use hallmark_lab::{Chooser, Config, LabError, Sampling, Transformer, Unmarked, generate};

fn model() -> Transformer {
    Transformer::new(
        Config {
            layers: 2,
            width: 64,
            context: 20,
            vocab: 50,
        },
        3,
    )
    .expect("a fine request")
}

fn prompts(count: u32) -> Vec<Vec<u32>> {
    (0..count)
        .map(|i| (0..=i % 5).map(|j| (i * 31 + j * 17) % 50).collect())
        .collect()
}

fn unmarked(prompts: &[Vec<u32>], tokens: usize, seed: u64) -> Vec<Vec<u32>> {
    generate(
        &model(),
        prompts,
        tokens,
        &Sampling::default(),
        seed,
        &mut Unmarked,
        &mut |_, _| {},
    )
    .expect("a fine request")
}

/// Samples and keeps the logits it was shown.
#[derive(Default)]
struct Recorder(Vec<(usize, Vec<f32>)>);

impl Chooser for Recorder {
    fn choose(
        &mut self,
        sequence: usize,
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<u32, Box<dyn Error + Send + Sync>> {
        self.0.push((sequence, logits.to_vec()));
        Unmarked.choose(sequence, logits, uniform)
    }
}

#[test]
fn cached_steps_agree_with_a_full_pass() {
    let (model, prompts) = (model(), prompts(7));
    let mut recorder = Recorder::default();
    let answers = generate(
        &model,
        &prompts,
        12,
        &Sampling::default(),
        1,
        &mut recorder,
        &mut |_, _| {},
    )
    .unwrap();
    for (sequence, (prompt, answer)) in prompts.iter().zip(&answers).enumerate() {
        let text: Vec<u32> = prompt.iter().chain(&answer[..11]).copied().collect();
        let full = model.logits(&text).unwrap();
        let rows = full.chunks(50).skip(prompt.len() - 1);
        let cached: Vec<_> = recorder.0.iter().filter(|(s, _)| *s == sequence).collect();
        assert_eq!(cached.len(), 12);
        for ((_, cached), full) in cached.iter().zip(rows) {
            for (a, b) in cached.iter().zip(full) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }
}

#[test]
fn the_seed_decides_and_threads_do_not() {
    let prompts = prompts(140);
    let first = unmarked(&prompts, 9, 4);
    assert!(first.iter().all(|answer| answer.len() == 9));
    assert_ne!(first, unmarked(&prompts, 9, 5));
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        assert_eq!(
            first,
            pool.install(|| unmarked(&prompts, 9, 4)),
            "{threads} threads"
        );
    }
}

#[test]
fn equal_prompts_get_different_answers() {
    let answers = unmarked(&vec![vec![1, 2]; 40], 12, 1);
    let distinct: std::collections::HashSet<_> = answers.iter().collect();
    assert_eq!(distinct.len(), 40);
}

/// Chi-squared over 50 tokens, 20,000 draws: false alarm about 1e-6 (quantile of 49 degrees of freedom: 110).
#[test]
fn unmarked_sampling_follows_the_softmax() {
    let mut logits: Vec<f32> = (0..50)
        .map(|i| (i % 7) as f32 * 0.4 - (i % 3) as f32 * 0.3)
        .collect();
    let total: f64 = logits.iter().map(|&x| f64::from(x).exp()).sum();
    let draws = 20_000;
    let mut counts = [0f64; 50];
    for i in 0..draws {
        let uniform = (f64::from(i) + 0.5) / f64::from(draws);
        counts[Unmarked.choose(0, &mut logits, uniform).unwrap() as usize] += 1.0;
    }
    let chi: f64 = counts
        .iter()
        .zip(&logits)
        .map(|(count, &logit)| {
            let expected = f64::from(draws) * f64::from(logit).exp() / total;
            (count - expected).powi(2) / expected
        })
        .sum();
    assert!(chi < 110.0, "{chi}");
}

/// The likeliest tokens that have the probability together, and no fewer would.
#[test]
fn a_nucleus_is_the_fewest_tokens_with_the_probability() {
    let (model, prompts) = (model(), prompts(6));
    for top_p in [0.05, 0.5, 0.9] {
        let [mut all, mut cut] = [Recorder::default(), Recorder::default()];
        for (recorder, top_p) in [(&mut all, None), (&mut cut, Some(top_p))] {
            let sampling = Sampling {
                top_p,
                ..Sampling::default()
            };
            // One step: the rows of both are of the same contexts.
            generate(&model, &prompts, 1, &sampling, 1, recorder, &mut |_, _| {}).unwrap();
        }
        for ((_, all), (_, cut)) in all.0.iter().zip(&cut.0) {
            let chance = |logits: &[f32]| -> Vec<f64> {
                let weights = logits.iter().map(|&logit| f64::from(logit).exp());
                weights.collect()
            };
            let total: f64 = chance(all).iter().sum();
            let kept: Vec<f64> = chance(cut).into_iter().filter(|&x| x > 0.0).collect();
            let least = kept.iter().copied().fold(f64::INFINITY, f64::min);
            let share = kept.iter().sum::<f64>() / total;
            assert!(share >= f64::from(top_p) - 1e-6, "{share}");
            assert!(share - least / total < f64::from(top_p) + 1e-6, "{share}");
            let gone = all.iter().zip(cut).filter(|(_, kept)| !kept.is_finite());
            assert!(
                gone.into_iter()
                    .all(|(logit, _)| f64::from(*logit).exp() < least)
            );
        }
    }
}

#[test]
fn truncation_leaves_the_likeliest_tokens() {
    let (model, prompts) = (model(), prompts(6));
    let mut recorder = Recorder::default();
    let sampling = Sampling {
        temperature: 0.5,
        top_k: Some(4),
        top_p: None,
    };
    let cut = generate(
        &model,
        &prompts,
        5,
        &sampling,
        1,
        &mut recorder,
        &mut |_, _| {},
    )
    .unwrap();
    for (sequence, logits) in &recorder.0 {
        assert_eq!(
            logits.iter().filter(|x| x.is_finite()).count(),
            4,
            "sequence {sequence}"
        );
    }
    let greedy = Sampling {
        temperature: 1.0,
        top_k: Some(1),
        top_p: None,
    };
    let best = generate(
        &model,
        &prompts,
        5,
        &greedy,
        1,
        &mut Unmarked,
        &mut |_, _| {},
    )
    .unwrap();
    assert_eq!(
        best,
        generate(
            &model,
            &prompts,
            5,
            &greedy,
            2,
            &mut Unmarked,
            &mut |_, _| {}
        )
        .unwrap()
    );
    assert_ne!(best, cut);
}

#[test]
fn a_ruled_out_token_is_never_chosen() {
    let mut logits = vec![f32::NEG_INFINITY; 8];
    logits[3] = -2.0;
    for uniform in [0.0, 0.5, 1.0 - f64::EPSILON] {
        assert_eq!(Unmarked.choose(0, &mut logits, uniform).unwrap(), 3);
    }
    assert!(
        Unmarked
            .choose(0, &mut [f32::NEG_INFINITY; 8], 0.5)
            .is_err()
    );
    assert!(Unmarked.choose(0, &mut [f32::NAN; 8], 0.5).is_err());
}

#[test]
fn a_refusing_chooser_stops_the_run_with_its_reason() {
    struct Refuses;
    impl Chooser for Refuses {
        fn choose(
            &mut self,
            _: usize,
            _: &mut [f32],
            _: f64,
        ) -> Result<u32, Box<dyn Error + Send + Sync>> {
            Err("no".into())
        }
    }
    let stopped = generate(
        &model(),
        &prompts(3),
        4,
        &Sampling::default(),
        1,
        &mut Refuses,
        &mut |_, _| {},
    );
    assert!(matches!(stopped, Err(LabError::Choose { position: 0, .. })));
}

#[test]
fn impossible_requests_are_refused() {
    let refused = |prompts: &[Vec<u32>], tokens, sampling| {
        generate(
            &model(),
            prompts,
            tokens,
            &sampling,
            1,
            &mut Unmarked,
            &mut |_, _| {},
        )
        .expect_err("refused")
    };
    let fine = Sampling::default();
    assert!(matches!(
        refused(&[vec![]], 3, fine),
        LabError::Sequence { sequence: 0, .. }
    ));
    assert!(matches!(
        refused(&[vec![1], vec![50]], 3, fine),
        LabError::Sequence { sequence: 1, .. }
    ));
    assert!(matches!(
        refused(&[vec![1; 10]], 12, fine),
        LabError::Sequence { .. }
    ));
    let cold = Sampling {
        temperature: 0.0,
        top_k: None,
        top_p: None,
    };
    assert!(matches!(
        refused(&[vec![1]], 3, cold),
        LabError::Setting {
            name: "temperature",
            ..
        }
    ));
    let none = Sampling {
        temperature: 1.0,
        top_k: Some(0),
        top_p: None,
    };
    assert!(matches!(
        refused(&[vec![1]], 3, none),
        LabError::Setting { name: "top_k", .. }
    ));
    for top_p in [0.0, 1.1, f32::NAN] {
        let wrong = Sampling {
            top_p: Some(top_p),
            ..Sampling::default()
        };
        assert!(matches!(
            refused(&[vec![1]], 3, wrong),
            LabError::Setting { name: "top_p", .. }
        ));
    }
}

#[test]
fn the_context_can_be_filled_to_its_last_position() {
    assert_eq!(unmarked(&[vec![1; 10]], 11, 1)[0].len(), 11);
    assert!(unmarked(&[], 5, 1).is_empty());
}
