//! What weights from the tested key's own harvest do to innocent text: a study.
//!
//! ```text
//! cargo run --release -p hallmark-study --example same_key -- transformer 300 2
//! ```
//!
//! Arguments: the teacher (`transformer`, the lab's, or `count`, a count model of the same text), how many keys, and
//! tokens in a window. For each key K the teacher answers 256 prompts under K, an index of those answers gives
//! the weights, and innocent text is examined under K: real text, and unmarked answers of the same teacher to the
//! same prompts. Prints JSON: how often each test's p is at most 0.05, 0.01 and 0.001, with 95% intervals.
#![expect(clippy::unwrap_used, reason = "a study that cannot go on has failed")]

#[path = "../../../tests/tests/e2e/common.rs"]
#[expect(dead_code, reason = "shared with the end-to-end tests")]
mod common;
#[path = "../../../tests/tests/e2e/count_model.rs"]
mod count_model;
#[path = "../../../tests/tests/e2e/counted.rs"]
mod counted;

use count_model::CountModel;
use counted::counted;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Scheme;
use hallmark_core::windows::WindowCounts;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::Expectation;
use hallmark_detector::interval::{Sides, clopper_pearson};
use hallmark_detector::scores::decoys;
use hallmark_detector::weights::{WeightRule, WindowWeights};
use hallmark_lab::assets::{self, Split};
use hallmark_lab::{Marked, Sampling, Transformer, Unmarked, generate};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Prompts, and tokens in each answer to one.
const PROMPTS: usize = 256;
const LENGTH: usize = 64;

/// Levels at which p is called small.
const LEVELS: [f64; 3] = [0.05, 0.01, 0.001];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, keys, window] = &arguments[..] else {
        panic!("arguments: transformer|count KEYS WINDOW")
    };
    let (keys, window): (u32, usize) = (keys.parse().unwrap(), window.parse().unwrap());
    let teacher = Teacher::new(name);
    let tokenizer = assets::tokenizer().unwrap();
    let prompts = assets::prompts(7, 8, &tokenizer).unwrap()[..PROMPTS].to_vec();
    let train = assets::tokens(Split::Train, &tokenizer).unwrap();
    let background = counted(window, &train[..8], None);
    let nothing_shown = vec![vec![]; PROMPTS * 100];
    let innocents = [
        (
            "real text",
            common::real_documents()[..400].to_vec(),
            &nothing_shown,
        ),
        (
            "unmarked answers",
            teacher.answer(&prompts, None, 0),
            &prompts,
        ),
    ];
    let profile = common::profile(Scheme::GUMBEL, window);
    let case = Case {
        profile: &profile,
        background: &background,
    };
    let all: Vec<BTreeMap<String, f64>> = decoys::random_keys(keys, [77; 32])
        .map(Key::from)
        .collect::<Vec<_>>()
        .par_iter()
        .enumerate()
        .map(|(index, key)| {
            let mark = Mark::new(&profile, key).unwrap();
            let harvest = teacher.answer(&prompts, Some(&mark), 1 + index as u64);
            let harvest = counted(window, &harvest, Some(key.public_id()));
            let mut found = BTreeMap::new();
            for (what, text, shown) in &innocents {
                for (rule_name, rule) in [
                    ("graded", WeightRule::default()),
                    ("filter", WeightRule::Filter),
                ] {
                    for (test, log10_p) in case.examine(key, &harvest, rule, text, shown) {
                        found.insert(format!("{what}, {rule_name}, {test}"), log10_p);
                    }
                }
            }
            found
        })
        .collect();
    let rows: Vec<Value> = all[0].keys().map(|name| row(name, &all)).collect();
    let study = json!({
        "teacher": name,
        "keys": keys,
        "window": window,
        "harvest_tokens": PROMPTS * LENGTH,
        "rows": rows,
    });
    println!("{}", serde_json::to_string_pretty(&study).unwrap());
}

/// How often a test's p is small, over all keys.
fn row(name: &str, all: &[BTreeMap<String, f64>]) -> Value {
    let rates = LEVELS.map(|level| {
        let small = all.iter().filter(|found| found[name] <= level.log10());
        let count = small.count() as u64;
        let interval = clopper_pearson(all.len() as u64, count, 0.05, Sides::Two).unwrap();
        json!({ "level": level, "count": count, "low": interval.low, "high": interval.high })
    });
    let mut sorted: Vec<f64> = all.iter().map(|found| found[name]).collect();
    sorted.sort_by(f64::total_cmp);
    json!({
        "test": name,
        "median_p": 10_f64.powf(sorted[sorted.len() / 2]),
        "smallest_p": 10_f64.powf(sorted[0]),
        "rates": rates,
    })
}

struct Case<'a> {
    profile: &'a Profile,
    background: &'a Arc<dyn WindowCounts>,
}

impl Case<'_> {
    fn examine(
        &self,
        key: &Key,
        harvest: &Arc<dyn WindowCounts>,
        rule: WeightRule,
        text: &[Vec<u32>],
        shown: &[Vec<u32>],
    ) -> Vec<(String, f64)> {
        let background = Some(self.background.clone());
        let weights = WindowWeights::new(vec![harvest.clone()], background, rule).unwrap();
        let plan = Plan {
            e_process: true,
            weights: Some(Arc::new(weights)),
            residual: Some(Expectation::ShorterWindow),
            ..Plan::default()
        };
        let keys = std::slice::from_ref(key);
        let mut examination = Examination::new(self.profile, keys, plan).unwrap();
        let mut raw = RawCells::new(self.profile.window);
        for (document, shown) in text.iter().zip(shown) {
            let shown = std::slice::from_ref(shown);
            raw.push(document, Exposure::known(shown)).unwrap();
        }
        examination.observe(&raw).unwrap();
        let findings = examination.finish().unwrap();
        findings
            .iter()
            .map(|finding| (format!("{:?}", finding.test()), finding.log10_p.value()))
            .collect()
    }
}

enum Teacher {
    Transformer(Transformer),
    Counting(CountModel),
}

impl Teacher {
    fn new(name: &str) -> Self {
        match name {
            "transformer" => Self::Transformer(assets::teacher().unwrap()),
            "count" => {
                let tokenizer = assets::tokenizer().unwrap();
                let train = assets::tokens(Split::Train, &tokenizer).unwrap();
                Self::Counting(CountModel::train([(&train, 1.0)]))
            }
            _ => panic!("the teacher is `transformer` or `count`"),
        }
    }

    fn answer(&self, prompts: &[Vec<u32>], mark: Option<&Mark>, seed: u64) -> Vec<Vec<u32>> {
        match self {
            Self::Counting(model) => model.answer(prompts, LENGTH, mark, seed),
            Self::Transformer(model) => {
                let sampling = Sampling::default();
                let mut quiet = |_: usize, _: usize| {};
                let mut generated = |chooser: &mut dyn hallmark_lab::Chooser| {
                    generate(model, prompts, LENGTH, &sampling, seed, chooser, &mut quiet).unwrap()
                };
                match mark {
                    Some(mark) => generated(&mut Marked::new(mark, vec![]).unwrap()),
                    None => generated(&mut Unmarked),
                }
            }
        }
    }
}
