//! Findings of another engine's mark, whose p-values count the keys that its function cannot tell apart.
//!
//! `tests/data/vllm` has answers of which each token was the best of four under the first key, and what `hallmark examine --shape --decoys 49`
//! printed of them. Words are made here, by `hallmark-core`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::cells::CellBatch;
use hallmark_core::keys::KeyFile;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_verify::arithmetic::{Cells, KeyWords, check};
use hallmark_verify::{Check, Verdict};
use serde_json::{Value, json};
use std::collections::HashSet;

const PROFILE: &str = include_str!("data/vllm/profile.toml");
const ANSWERS: &str = include_str!("data/vllm/answers.jsonl");
const FINDING: &str = include_str!("data/vllm/finding.json");

/// Two tested keys, of 64 bits and of 16, and a control.
const KEYS: [&str; 3] = [
    "hex:9f0c2a7716e5b3d4",
    "integer:41234",
    "hex:17c3aa5520914e6d",
];

/// The tokens of each answer.
fn answers() -> Vec<Vec<u32>> {
    let tokens = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let tokens = record["response_tokens"].as_array().unwrap();
        tokens
            .iter()
            .map(|token| token.as_u64().unwrap() as u32)
            .collect()
    };
    ANSWERS.lines().map(tokens).collect()
}

/// The distinct cells in the order read, with their answers. Each prompt is one token, so no window of four was shown.
fn cells(window: usize) -> (CellBatch, Vec<u32>) {
    let (mut seen, mut of) = (HashSet::new(), vec![]);
    let mut batch = CellBatch::new(window, 4096);
    for (number, tokens) in (0..).zip(answers()) {
        for cell in tokens.windows(window + 1) {
            if seen.insert(cell.to_vec()) {
                batch.push(&cell[..window], cell[window]);
                of.push(number);
            }
        }
    }
    (batch, of)
}

fn disclosed() -> Cells {
    let profile = Profile::parse(PROFILE).unwrap();
    let (batch, answers) = cells(profile.window);
    let key = |text: &&str| {
        let key = KeyFile::parse(text).unwrap().marking_key();
        let mut words = vec![0; batch.len()];
        Mark::new(&profile, &key).unwrap().words(&batch, &mut words);
        KeyWords {
            key_id: key.public_id().to_string(),
            words,
            decoys: None,
        }
    };
    Cells {
        answers,
        keys: KEYS.iter().map(key).collect(),
        ..Cells::default()
    }
}

fn failing(checks: &[Check]) -> Vec<&Check> {
    checks
        .iter()
        .filter(|check| check.verdict == Verdict::Fails)
        .collect()
}

#[test]
fn what_the_program_printed_holds() {
    let examined: Value = serde_json::from_str(FINDING).unwrap();
    let checks = check(&examined, &disclosed());
    assert!(failing(&checks).is_empty(), "{:#?}", failing(&checks));
    let holds = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Holds)
        .count();
    assert!(holds > 150, "{holds}");
}

#[test]
fn no_limited_value_can_be_another() {
    let examined: Value = serde_json::from_str(FINDING).unwrap();
    let cells = disclosed();
    let mut limited = 0;
    for place in 0..examined["tests"].as_array().unwrap().len() {
        for field in ["log10_p", "log10_p_unmarked", "log10_e"] {
            let path = format!("/tests/{place}/{field}");
            let Some(number) = examined.pointer(&path).and_then(Value::as_f64) else {
                continue;
            };
            limited += usize::from(field == "log10_p_unmarked");
            let towards = if field == "log10_e" { 1e-6 } else { -1e-6 };
            for more in [0.6, -0.6, towards] {
                let mut other = examined.clone();
                *other.pointer_mut(&path).unwrap() = json!(number + more);
                assert!(
                    !failing(&check(&other, &cells)).is_empty(),
                    "{path} by {more}"
                );
            }
        }
    }
    assert_eq!(limited, 3);
}

/// Marks whose words have another law are named, and nothing is said of their numbers.
#[test]
fn other_laws_are_not_checked() {
    let mut examined: Value = serde_json::from_str(FINDING).unwrap();
    for profile in ["/profile/scheme", "/plan/profile/scheme"] {
        *examined.pointer_mut(profile).unwrap() = json!("hf-kgw-lefthash");
    }
    let checks = check(&examined, &disclosed());
    let named = |check: &&Check| {
        check.verdict == Verdict::NotChecked && check.detail.contains("hf-kgw-lefthash")
    };
    assert_eq!(checks.iter().filter(named).count(), 1);
}
