//! T3r under the keys that marked the logs it reads: innocent suspects of three kinds, every scheme that may have it, windows of 1, 2 and 4.

use crate::common::{profile, real_documents};
use crate::count_model::CountModel;
use crate::counted::counted;
use crate::visited::visited;
use hallmark_core::keys::{CohortKey, ForeignKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::{SCHEMES, Scheme};
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Expectation, Test};
use hallmark_detector::interval::{Sides, clopper_pearson};
use hallmark_detector::statistic::admission::admits;
use hallmark_detector::statistic::first_visits::Logs;
use hallmark_lab::assets::{self, Split};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// Keys of each scheme and window; `HALLMARK_NULL_KEYS` asks for more.
const KEYS: u64 = 12;

/// Answers in a key's log, and tokens in an answer.
const ANSWERS: usize = 150;
const LENGTH: usize = 48;

/// Under H0 E ≥ 1/α has a chance of at most α, of sup E: 12 keys · 22 settings · 3 suspects of each key. Suspects of one key share its log; so
/// the bounds are those of 264 keys, each suspect by itself, and of all 3 kinds one fails by chance once in 300,000 runs with new seeds.
#[test]
fn first_visits_of_the_tested_keys_own_log_give_no_false_alarms() {
    let keys = std::env::var("HALLMARK_NULL_KEYS").map_or(KEYS, |keys| keys.parse().unwrap());
    let tokenizer = assets::tokenizer().unwrap();
    let train = assets::tokens(Split::Train, &tokenizer).unwrap();
    let train = train[..4].to_vec();
    let teacher = CountModel::train([(&train, 1.0)]);
    let documents = real_documents();
    let prompts: Vec<Vec<u32>> = documents
        .iter()
        .map(|document| document[..8].to_vec())
        .collect();
    let prompts = &prompts[..ANSWERS];
    let lessons = teacher.answer(prompts, LENGTH, None, 1);
    let student = CountModel::train([(&train, 1.0), (&lessons, 20.0)]);
    let suspects = [
        ("real text", documents[200..400].to_vec()),
        (
            "the teacher's unmarked answers",
            teacher.answer(prompts, LENGTH, None, 2),
        ),
        (
            "a student of unmarked answers",
            student.answer(prompts, LENGTH, None, 3),
        ),
    ];
    let control = teacher.answer(&[prompts, prompts].concat(), LENGTH, None, 4);
    let mut all = vec![vec![]; suspects.len()];
    for row in &SCHEMES {
        for (window, ring) in [(1, 1), (2, 1), (4, 1), (2, 4)] {
            let profile = Profile {
                ring,
                ..profile(Scheme::of(row), window)
            };
            if profile.check().is_err() {
                continue;
            }
            let numbers = profile.scheme.numbers().map(|(_, count)| count);
            let any = Mark::new(&profile, &key(numbers, 0)).unwrap();
            if admits(&any, Test::T3r).is_err() {
                continue;
            }
            let background = counted(window, &train, None);
            let of_key = |number: u64| -> Vec<f64> {
                let key = key(numbers, number);
                let mark = Mark::new(&profile, &key).unwrap();
                let log = teacher.answer(prompts, LENGTH, Some(&mark), 900 + number);
                let log = visited(window, ring, &log, &key);
                let examine = |(_, answers): &(&str, Vec<Vec<u32>>)| {
                    // With a control sample and without, with a background and without.
                    let plan = Plan {
                        residual: number.is_multiple_of(2).then_some(Expectation::Reference),
                        first_visits: Some(Logs {
                            logs: vec![log.clone()],
                            background: number.is_multiple_of(3).then(|| background.clone()),
                        }),
                        ..Plan::default()
                    };
                    let one = std::slice::from_ref(&key);
                    let mut examination = Examination::new(&profile, one, plan).unwrap();
                    examination.observe(&raw(answers, window)).unwrap();
                    examination
                        .observe_reference(&raw(&control, window))
                        .unwrap();
                    let findings = examination.finish().unwrap();
                    let t3r = findings.iter().find(|finding| finding.test() == Test::T3r);
                    t3r.unwrap().log10_p.value()
                };
                suspects.iter().map(examine).collect()
            };
            let found: Vec<Vec<f64>> = (0..keys).into_par_iter().map(of_key).collect();
            for (at, all) in all.iter_mut().enumerate() {
                let own: Vec<f64> = found.iter().map(|values| values[at]).collect();
                println!(
                    "{} h = {window}, ring of {ring}, {}: {}",
                    row.id,
                    suspects[at].0,
                    rates(&own)
                );
                all.extend(own);
            }
        }
    }
    for ((name, _), own) in suspects.iter().zip(&all) {
        println!("all, {name}: {}", rates(own));
        for alpha in [0.05_f64, 0.01, 0.001] {
            let count = own.iter().filter(|&&p| p <= alpha.log10()).count() as u64;
            let sure = clopper_pearson(own.len() as u64, count, 2e-6, Sides::Two).unwrap();
            assert!(
                sure.low <= alpha,
                "{name}: {count} of {} at {alpha}",
                own.len()
            );
        }
    }
}

fn raw(documents: &[Vec<u32>], window: usize) -> RawCells {
    let mut raw = RawCells::new(window);
    for document in documents {
        raw.push(document, Exposure::NOTHING).unwrap();
    }
    raw
}

/// Counts of p ≤ α with intervals of 95%, and the least p.
fn rates(log10_p: &[f64]) -> String {
    let keys = log10_p.len() as u64;
    let rate = |alpha: f64| {
        let count = log10_p.iter().filter(|&&p| p <= alpha.log10()).count() as u64;
        let interval = clopper_pearson(keys, count, 0.05, Sides::Two).unwrap();
        format!(
            "{alpha}: {count} ({:.4} to {:.4})",
            interval.low, interval.high
        )
    };
    let least = log10_p.iter().copied().fold(0.0, f64::min);
    let rates = [0.05, 0.01, 0.001].map(rate);
    format!(
        "{keys} keys, p ≤ {}; least log10 p {least:.2}",
        rates.join(", ")
    )
}

fn key(numbers: Option<usize>, seed: u64) -> Key {
    let mut random = ChaCha12Rng::seed_from_u64(55_000 + seed);
    match numbers {
        None => {
            let mut bytes = [0; 32];
            random.fill_bytes(&mut bytes);
            CohortKey::from_bytes(bytes).into()
        }
        Some(count) => {
            let numbers = (0..count).map(|_| random.next_u64()).collect();
            ForeignKey::new(numbers).unwrap().into()
        }
    }
}
