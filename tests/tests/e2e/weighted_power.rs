//! What weights gain: a student that counts, with a small share of marked text in its training.

use crate::common::profile;
use crate::count_model::CountModel;
use crate::counted::counted;
use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::schemes::Scheme;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Expectation, Finding, Test};
use hallmark_detector::weights::{WeightRule, WindowWeights};
use hallmark_lab::assets::{self, Split};
use std::sync::Arc;

const WINDOW: usize = 2;

/// Tokens in an answer.
const LENGTH: usize = 64;

/// 3% of the student's training text is the teacher's marked answers to 200 prompts; it then answers the same
/// prompts, twice each. T2 beats T1 by ten decades and more, T2r with a control sample beats T2, and under a key
/// that was never used nothing is found at 1e-4 (four tests: a false alarm once in 2,500 runs with a new seed).
#[test]
fn weights_find_a_small_share_of_marked_text() {
    let tokenizer = assets::tokenizer().unwrap();
    let text: Vec<Vec<u32>> = assets::tokens(Split::Train, &tokenizer).unwrap();
    let text = text[..10].to_vec();
    let teacher = CountModel::train([(&text, 1.0)]);
    let prompts = assets::prompts(1, 8, &tokenizer).unwrap()[..200].to_vec();
    let twice = [prompts.clone(), prompts.clone()].concat();

    let profile = profile(Scheme::GUMBEL, WINDOW);
    let key = Key::from(CohortKey::from_bytes([1; 32]));
    let mark = Mark::new(&profile, &key).unwrap();
    let harvest = teacher.answer(&prompts, LENGTH, Some(&mark), 2);
    let others: usize = text.iter().map(Vec::len).sum();
    let weight = 0.03 / 0.97 * others as f64 / (prompts.len() * LENGTH) as f64;
    let student = CountModel::train([(&harvest, weight), (&text, 1.0)]);

    let answers = student.answer(&twice, LENGTH, None, 3);
    let control = teacher.answer(&twice, LENGTH, None, 4);
    let background = teacher.answer(&twice, LENGTH, None, 5);

    // The index is the logs': it carries the tested key, as in a real case without other cohorts.
    let weights = WindowWeights::new(
        vec![counted(WINDOW, &harvest, Some(key.public_id()))],
        Some(counted(WINDOW, &background, None)),
        WeightRule::default(),
    );
    let plan = Plan {
        e_process: true,
        weights: Some(Arc::new(weights.unwrap())),
        residual: Some(Expectation::Reference),
        ..Plan::default()
    };
    let raw = |documents: &[Vec<u32>]| {
        let mut raw = RawCells::new(WINDOW);
        for (document, prompt) in documents.iter().zip(&twice) {
            let shown = std::slice::from_ref(prompt);
            raw.push(document, Exposure::known(shown)).unwrap();
        }
        raw
    };
    let unused = Key::from(CohortKey::from_bytes([2; 32]));
    let keys = [key.clone(), unused];
    let mut examination = Examination::new(&profile, &keys, plan).unwrap();
    examination.observe(&raw(&answers)).unwrap();
    examination.observe_reference(&raw(&control)).unwrap();
    let findings = examination.finish().unwrap();
    let p = |test: Test, key: &Key| {
        let id = key.public_id().to_string();
        let own = |f: &&Finding| f.test() == test && f.key_id == id;
        findings.iter().find(own).unwrap().log10_p.value()
    };
    let tests = [Test::T1, Test::T2, Test::T2r, Test::T3];
    let [t1, t2, t2r, t3] = tests.map(|test| p(test, &keys[0]));
    println!("log10 p: T1 {t1:.1}, T2 {t2:.1}, T2r {t2r:.1}, T3 weighted {t3:.1}");
    assert!(t2 < t1 - 10.0, "T1 {t1}, T2 {t2}");
    assert!(t2r < t2, "T2 {t2}, T2r {t2r}");
    assert!(t3 < t1 - 10.0, "T1 {t1}, weighted T3 {t3}");
    for test in tests {
        assert!(p(test, &keys[1]) > -4.0, "{test:?} under an unused key");
    }
}
