//! Training: it lowers the loss, and the same seed gives the same weights on any number of threads.

use hallmark_lab::{
    Config, Exchange, LabError, Lessons, TrainConfig, Transformer, evaluate, train,
};

const TINY: Config = Config {
    layers: 2,
    width: 32,
    context: 24,
    vocab: 29,
};

/// A text with an easy rule: each token is the one before plus three.
fn text() -> Vec<Vec<u32>> {
    vec![
        (0..600).map(|i| i * 3 % 29).collect(),
        (0..400).map(|i| (7 + i * 3) % 29).collect(),
    ]
}

fn schedule(steps: usize) -> TrainConfig {
    TrainConfig {
        steps,
        batch: 6,
        seed: 5,
        ..TrainConfig::default()
    }
}

fn trained(steps: usize) -> (Transformer, Vec<f32>) {
    let mut model = Transformer::new(TINY, 1).expect("a fine lesson");
    let documents = text();
    let lessons = Lessons::Text {
        documents: &documents,
        length: 24,
    };
    let losses =
        train(&mut model, &lessons, &schedule(steps), &mut |_, _, _| {}).expect("a fine lesson");
    (model, losses)
}

#[test]
fn a_rule_is_learnt_from_running_text() {
    let (model, losses) = trained(80);
    assert!(
        (losses[0] - (29f32).ln()).abs() < 0.2,
        "an untrained model knows nothing: {}",
        losses[0]
    );
    assert!(losses[79] < 0.5, "{losses:?}");
    let held_out = evaluate(
        &model,
        &[(0..100).map(|i| (11 + i * 3) % 29).collect()],
        24,
        100,
    )
    .unwrap();
    assert!(held_out < 0.5, "{held_out}");
}

#[test]
fn answers_are_learnt_and_prompts_are_not() {
    let mut model = Transformer::new(TINY, 1).unwrap();
    // Prompts of noise, answers that are all 3: a loss near zero shows that only answers count.
    let exchanges: Vec<Exchange> = (0..40)
        .map(|i: u32| Exchange {
            prompt: (0..5).map(|j| (i * 7919 + j * 104_729) % 29).collect(),
            answer: vec![3; 6],
        })
        .collect();
    let losses = train(
        &mut model,
        &Lessons::Answers(&exchanges),
        &schedule(60),
        &mut |_, _, _| {},
    )
    .unwrap();
    assert!(losses[59] < 0.1, "{losses:?}");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| trained(8))
    };
    let ((one, losses_one), (three, losses_three)) = (on(1), on(3));
    assert_eq!(losses_one, losses_three);
    assert_eq!(
        one.logits(&[1, 2, 3]).unwrap(),
        three.logits(&[1, 2, 3]).unwrap()
    );
}

#[test]
fn a_clone_is_not_trained_along() {
    let mut model = Transformer::new(TINY, 1).unwrap();
    let before = model.clone();
    let documents = text();
    let lessons = Lessons::Text {
        documents: &documents,
        length: 24,
    };
    train(&mut model, &lessons, &schedule(3), &mut |_, _, _| {}).unwrap();
    assert_ne!(model.logits(&[1]).unwrap(), before.logits(&[1]).unwrap());
    assert_eq!(
        Transformer::new(TINY, 1).unwrap().logits(&[1]).unwrap(),
        before.logits(&[1]).unwrap()
    );
}

#[test]
fn progress_counts_every_step() {
    let mut model = Transformer::new(TINY, 1).unwrap();
    let documents = text();
    let mut seen = Vec::new();
    let lessons = Lessons::Text {
        documents: &documents,
        length: 24,
    };
    train(&mut model, &lessons, &schedule(3), &mut |done, all, _| {
        seen.push((done, all));
    })
    .unwrap();
    assert_eq!(seen, [(1, 3), (2, 3), (3, 3)]);
}

#[test]
fn lessons_that_do_not_fit_are_refused() {
    let mut model = Transformer::new(TINY, 1).unwrap();
    let mut refused = |lessons: &Lessons<'_>| {
        train(&mut model, lessons, &schedule(1), &mut |_, _, _| {}).expect_err("refused")
    };
    let foreign = vec![vec![29; 50]];
    assert!(matches!(
        refused(&Lessons::Text {
            documents: &foreign,
            length: 24
        }),
        LabError::Sequence { .. }
    ));
    let short = vec![vec![1; 10]];
    assert!(matches!(
        refused(&Lessons::Text {
            documents: &short,
            length: 24
        }),
        LabError::Setting { .. }
    ));
    let long = vec![vec![1; 99]];
    assert!(matches!(
        refused(&Lessons::Text {
            documents: &long,
            length: 25
        }),
        LabError::Setting { .. }
    ));
    assert!(matches!(
        refused(&Lessons::Answers(&[])),
        LabError::Setting { .. }
    ));
    let empty = [Exchange {
        prompt: vec![1],
        answer: vec![],
    }];
    assert!(matches!(
        refused(&Lessons::Answers(&empty)),
        LabError::Sequence { sequence: 0, .. }
    ));
}
