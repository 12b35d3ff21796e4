//! No input panics or goes on for ever: what does not fit is a check that fails, with words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use hallmark_verify::Verdict;
use hallmark_verify::arithmetic::{Cells, Form, KeyWords, Residual, check, growth};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{case, cases};

fn fails(examined: &Value, cells: &Cells) -> bool {
    let checks = check(examined, cells);
    let failing = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Fails);
    failing
        .map(|check| assert!(!check.detail.is_empty(), "{check:?}"))
        .count()
        > 0
}

#[test]
fn no_result_at_all() {
    for examined in [
        json!(null),
        json!([]),
        json!({}),
        json!("text"),
        json!(1e300),
        json!({"tests": {}}),
    ] {
        assert!(fails(&examined, &Cells::default()), "{examined}");
    }
}

/// Every value of a result in turn is something else, or is not there.
#[test]
fn no_type_is_trusted() {
    let case = case("few");
    let others = [json!(null), json!(-1.5e308), json!([{"x": u64::MAX}])];
    let mut places = vec![];
    walk(&case.examined, String::new(), &mut places);
    assert!(places.len() > 100);
    for place in places {
        for other in &others {
            let mut examined = case.examined.clone();
            *examined.pointer_mut(&place).unwrap() = other.clone();
            let checks = check(&examined, &case.cells);
            assert!(!checks.is_empty());
        }
    }
}

fn walk(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Array(list) => {
            for (i, one) in list.iter().enumerate() {
                walk(one, format!("{path}/{i}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, one) in fields {
                walk(one, format!("{path}/{}", name.replace('/', "~1")), found);
            }
        }
        _ => {}
    }
    found.push(path);
}

#[test]
fn cells_of_other_lengths_fail() {
    for case in cases().into_iter().filter(|case| case.name != "nothing") {
        assert!(fails(&case.examined, &Cells::default()), "{}", case.name);
        let mut cells = case.cells.clone();
        cells.keys.clear();
        assert!(fails(&case.examined, &cells), "{}", case.name);
        let mut cells = case.cells.clone();
        cells.keys[0].words.truncate(1);
        assert!(fails(&case.examined, &cells), "{}", case.name);
        let mut cells = case.cells.clone();
        cells.weights = vec![vec![]; 3];
        assert!(fails(&case.examined, &cells), "{}", case.name);
        let mut cells = case.cells.clone();
        cells.residual = Some(Residual {
            forms: vec![Form::default(); 4],
            words: vec![vec![1, 2, 3]],
        });
        assert!(fails(&case.examined, &cells), "{}", case.name);
    }
}

/// A result that stands there a thousand times is computed once.
#[test]
fn a_finding_that_stands_there_often_is_computed_once() {
    let case = case("gumbel");
    let mut examined = case.examined.clone();
    let tests = examined["tests"].as_array_mut().unwrap();
    for _ in 0..5000 {
        tests.push(tests[4].clone());
    }
    assert!(fails(&examined, &case.cells));
}

/// Lists that would be compared with each other for hours are refused.
#[test]
fn very_many_keys_are_refused() {
    let case = case("gumbel");
    let mut examined = case.examined.clone();
    for list in ["/keys", "/tests", "/plan/keys"] {
        let list = examined.pointer_mut(list).unwrap().as_array_mut().unwrap();
        let first = list[0].clone();
        list.resize(30_000, first);
    }
    assert!(fails(&examined, &case.cells));
}

/// Of weights that no window can have nothing is computed: sums of many different ones have no tail that is found in few steps.
#[test]
fn weights_off_the_ladder_end_the_arithmetic() {
    let numbers = ["statistic", "log10 p", "levels", "effect"];
    for name in [
        "weighed-green",
        "weighed-gumbel",
        "ring-weighed",
        "same-key",
    ] {
        let case = case(name);
        let computed = |cells: &Cells| -> usize {
            let checks = check(&case.examined, cells);
            let names = checks
                .iter()
                .filter_map(|check| check.what.rsplit_once(": "));
            names.filter(|(_, number)| numbers.contains(number)).count()
        };
        assert!(computed(&case.cells) > 0, "{name}");
        let mut cells = case.cells.clone();
        for (i, weight) in cells.weights.iter_mut().flatten().enumerate() {
            *weight = 65_535 - (i % 30_000) as u16;
        }
        let mut others = vec![(cells, "the windows' weights are of the ladder")];
        if case.cells.residual.is_some() {
            let mut cells = case.cells.clone();
            let forms = cells
                .residual
                .iter_mut()
                .flat_map(|residual| &mut residual.forms);
            for (i, weight) in forms.flat_map(|form| &mut form.weights).enumerate() {
                *weight = i32::MIN + i as i32;
            }
            others.push((cells, "T2r's weights are of its ladder"));
        }
        for (cells, ladder) in others {
            let checks = check(&case.examined, &cells);
            let of = |what: &str| {
                checks
                    .iter()
                    .find(|check| check.what == what)
                    .unwrap()
                    .verdict
            };
            assert_eq!(of(ladder), Verdict::Fails, "{name}");
            assert_eq!(
                of("every number of the tests"),
                Verdict::NotChecked,
                "{name}"
            );
            assert_eq!(computed(&cells), 0, "{name}");
            assert_eq!(growth(&case.examined, &cells), [], "{name}");
        }
    }
}

/// Texts of others come back short.
#[test]
fn long_texts_are_cut() {
    let case = case("few");
    let mut examined = case.examined.clone();
    let long = "ü".repeat(100_000);
    examined["tests"][0]["key_id"] = json!(long);
    examined["profile"]["scheme"] = json!(long);
    for check in check(&examined, &case.cells) {
        assert!(
            check.what.len() < 2000 && check.detail.len() < 2000,
            "{}",
            check.what.len()
        );
    }
}

fn any_words(n: usize) -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(prop_oneof![Just(0), Just(u32::MAX), any::<u32>()], n)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Words, weights and sums of any kind beside a result that knows nothing of them.
    #[test]
    fn any_cells(
        name in prop::sample::select(vec!["gumbel", "tournament", "weighed-gumbel", "ring-weighed", "filtered"]),
        (words, other) in (0_usize..70).prop_flat_map(|n| (any_words(n), any_words(n))),
        weights in prop::collection::vec(0_usize..16, 70),
        signs in prop::collection::vec(-3_i32..4, 70),
        decoys in prop::collection::vec(any::<u64>(), 0..5),
    ) {
        const LADDER: [u16; 16] = [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181];
        let case = case(name);
        let ring = case.examined["profile"]["ring"].as_u64().unwrap_or(1) as usize;
        let n = words.len() / ring;
        let words = &words[..n * ring];
        let other = &other[..n * ring];
        let weights: Vec<u16> = weights.iter().take(n).map(|&at| LADDER[at]).collect();
        let form = |leaning: &str, prior| Form {
            leaning: leaning.to_owned(),
            prior,
            weights: weights.iter().zip(&signs).map(|(&weight, sign)| i32::from(weight) * sign).collect(),
        };
        let ids: Vec<&str> = case.cells.keys.iter().map(|key| key.key_id.as_str()).collect();
        let cells = Cells {
            answers: vec![0; n],
            weights: case.cells.weights.iter().map(|_| weights.clone()).collect(),
            keys: ids
                .iter()
                .enumerate()
                .map(|(i, id)| KeyWords {
                    key_id: (*id).to_owned(),
                    words: if i == 0 { words.to_vec() } else { other.to_vec() },
                    decoys: Some(decoys.clone()),
                })
                .collect(),
            residual: Some(Residual {
                forms: vec![form("follow", None), form("follow", Some(1000.0)), form("lean", None)],
                words: vec![words.to_vec(); ids.len()],
            }),
            ..Cells::default()
        };
        prop_assert!(fails(&case.examined, &cells));
    }
}
