//! Real findings hold number by number, and no number in them can be another.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use hallmark_verify::arithmetic::{Cells, check};
use hallmark_verify::{Check, Verdict};
use serde_json::{Value, json};
use support::{Case, case, cases};

/// What is said not to be checked, of findings whose cells are disclosed.
const NOT_CHECKED: [&str; 3] = [
    "counts: answers, tokens, exposed and fresh cells, layouts",
    "counts produced, identical answers, of the control sample",
    "smallest share and answers needed",
];

fn failing(checks: &[Check]) -> Vec<&Check> {
    checks
        .iter()
        .filter(|check| check.verdict == Verdict::Fails)
        .collect()
}

#[test]
fn what_the_program_printed_holds() {
    let mut numbers = 0;
    for case in cases() {
        for check in check(&case.examined, &case.cells) {
            match check.verdict {
                Verdict::Holds => numbers += 1,
                Verdict::Fails => panic!("{}: {check:?}", case.name),
                Verdict::NotChecked => {
                    let known = NOT_CHECKED.iter().any(|known| check.what.ends_with(known));
                    assert!(known, "{}: {check:?}", case.name);
                }
            }
        }
    }
    assert!(numbers > 1500, "{numbers}");
}

/// Numbers that no cell says: they stand in answers, indexes or tables of studies.
const BESIDE: [&str; 10] = [
    "/smallest_share",
    "/calibration/",
    "/needs_answers",
    "/counts/produced",
    "/counts/identical_answers",
    "/counts/reference",
    "/counts/answers",
    "/counts/exposed",
    "/counts/fresh",
    "/counts/exposure_unknown",
];

/// The places of all numbers below one of these fields.
fn numbers(examined: &Value) -> Vec<String> {
    fn walk(value: &Value, path: String, found: &mut Vec<String>) {
        match value {
            Value::Number(_) => found.push(path),
            Value::Array(list) => {
                for (i, one) in list.iter().enumerate() {
                    walk(one, format!("{path}/{i}"), found);
                }
            }
            Value::Object(fields) => {
                for (name, one) in fields {
                    walk(one, format!("{path}/{name}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = vec![];
    for field in ["tests", "cohorts", "outcomes", "level"] {
        walk(&examined[field], format!("/{field}"), &mut found);
    }
    found.push("/counts/scored".to_owned());
    found.push("/counts/expected_drops".to_owned());
    found.retain(|path| !BESIDE.iter().any(|beside| path.contains(beside)));
    found
}

/// Other values for a number: clearly more and less; and for p- and e-values a little more evidence than there is.
fn others(path: &str, number: &Value) -> Vec<Value> {
    if let Some(whole) = number.as_i64() {
        let mut others = vec![json!(whole + 1), json!(whole as f64 + 0.5)];
        if whole > 0 {
            others.push(json!(whole - 1));
        }
        return others;
    }
    let value = number.as_f64().unwrap();
    let (far, near) = (0.5 + 0.05 * value.abs(), 1e-7 * (1.0 + value.abs()));
    let towards = if path.contains("log10_p") || path.ends_with("log10_smallest") {
        value - near
    } else if path.contains("log10_e") {
        value + near
    } else {
        value * (1.0 + 1e-6) + 1e-6
    };
    vec![json!(value + far), json!(value - far), json!(towards)]
}

fn no_number_can_be_another(name: &str) {
    let case = case(name);
    let mut survived = vec![];
    for path in numbers(&case.examined) {
        let number = case.examined.pointer(&path).unwrap();
        for other in others(&path, number) {
            let mut examined = case.examined.clone();
            *examined.pointer_mut(&path).unwrap() = other.clone();
            if failing(&check(&examined, &case.cells)).is_empty() {
                survived.push(format!("{path}: {number} as {other}"));
            }
        }
    }
    assert!(survived.is_empty(), "{name}: {survived:#?}");
}

#[test]
fn no_number_of_gumbel_can_be_another() {
    no_number_can_be_another("gumbel");
}

#[test]
fn no_number_of_green_can_be_another() {
    no_number_can_be_another("green");
}

#[test]
fn no_number_of_a_tournament_can_be_another() {
    no_number_can_be_another("tournament");
}

#[test]
fn no_number_of_weighted_findings_can_be_another() {
    no_number_can_be_another("weighed-gumbel");
    no_number_can_be_another("weighed-tournament");
}

#[test]
fn no_number_of_a_ring_can_be_another() {
    no_number_can_be_another("ring-weighed");
}

/// Words that say something else: standing, outcomes, what was tried.
#[test]
fn no_word_can_be_another() {
    let gumbel = case("gumbel");
    let texts = [
        ("/outcome", json!("not-found")),
        ("/outcomes/0/outcome", json!("inconclusive")),
        ("/outcomes/0/found_by", json!("T3")),
        ("/outcomes/0/conditional", json!(null)),
        ("/outcomes/1/outcome", json!("found")),
        ("/cohorts/keys/1/standing", json!("named")),
        ("/cohorts/keys/0/named_by", json!([])),
        ("/cohorts/keys/0/e_from", json!("T1")),
        ("/tests/0/effect/measure", json!("green-rate")),
        ("/tests/0/effect/interval/sides", json!("upper")),
        ("/tests/0/test", json!("T4")),
        ("/tests/0/key_id", json!("f014db0600251f95")),
        ("/tests/1/unproven", json!([])),
        ("/tests/1/order", json!("ids")),
        ("/tests/3/control_id", json!("f014db0600251f95")),
        ("/tests/0/warnings", json!([])),
        ("/profile/scheme", json!("green")),
        ("/schema", json!("hallmark/examine/1")),
        ("/keys", json!([])),
        ("/answers/order", json!("hash")),
    ];
    for (path, text) in texts {
        let mut examined = gumbel.examined.clone();
        *examined.pointer_mut(path).unwrap() = text;
        assert!(
            !failing(&check(&examined, &gumbel.cells)).is_empty(),
            "{path}"
        );
    }
    // A test that was made and is not shown would be missing in the adjustment.
    let mut examined = gumbel.examined.clone();
    let last = examined["tests"].as_array_mut().unwrap().pop();
    assert!(last.is_some());
    assert!(!failing(&check(&examined, &gumbel.cells)).is_empty());
}

/// Anything else about the cells makes some number another.
#[test]
fn no_cell_can_be_another() {
    let change = |name: &str, what: &str, change: &dyn Fn(&mut Cells)| {
        let Case {
            examined,
            mut cells,
            ..
        } = case(name);
        change(&mut cells);
        assert!(
            !failing(&check(&examined, &cells)).is_empty(),
            "{name}: {what}"
        );
    };
    for name in ["gumbel", "green", "tournament", "ring", "weighed-gumbel"] {
        change(name, "a tested key's word", &|cells| {
            // From green to not, and from a small score to a large one.
            let word = &mut cells.keys[0].words[17];
            *word = if *word < 1 << 30 { u32::MAX } else { 0 };
        });
        change(name, "a decoy that is above", &|cells| {
            for key in &mut cells.keys {
                if let Some(sums) = &mut key.decoys {
                    sums[3] = u64::MAX >> 8;
                }
            }
        });
        change(name, "a decoy fewer", &|cells| {
            if let Some(sums) = &mut cells.keys[0].decoys {
                sums.pop();
            }
        });
        change(name, "a cell fewer", &|cells| {
            cells.answers.pop();
        });
        change(name, "an answer that is not there", &|cells| {
            cells.answers[0] = u32::MAX;
        });
        change(name, "another key", &|cells| {
            cells.keys[0].key_id = "00".to_owned();
        });
    }
    change(
        "gumbel",
        "a tested key's words in another order",
        &|cells| {
            let half = cells.keys[0].words.len() / 2;
            cells.keys[0].words.rotate_left(half);
        },
    );
    for name in ["gumbel", "tournament"] {
        change(name, "a control's word", &|cells| {
            let control = cells.keys.last_mut().unwrap();
            control.words[5] ^= 0x7FFF_FFFF;
        });
    }
    for form in 0..2 {
        change("weighed-gumbel", "a window's weight", &|cells| {
            let weight = &mut cells.weights[form][9];
            *weight = if *weight == 45 { 64 } else { 45 };
        });
    }
    change("weighed-gumbel", "a form fewer", &|cells| {
        cells.weights.pop();
    });
    change("weighed-gumbel", "a weight of T2r", &|cells| {
        let residual = cells.residual.as_mut().unwrap();
        residual.forms[2].weights[3] *= -1;
        residual.forms[2].weights[4] = 181;
    });
    change("weighed-gumbel", "a form of T2r fewer", &|cells| {
        cells.residual.as_mut().unwrap().forms.remove(0);
    });
    change("weighed-gumbel", "a word of T2r", &|cells| {
        let words = &mut cells.residual.as_mut().unwrap().words[0];
        for word in words.iter_mut().take(40) {
            *word = !*word;
        }
    });
}

/// Where windows were left out for a provider's log, each finding is the weaker of two: a larger p may be the other's, a smaller one not.
#[test]
fn the_weaker_of_two_may_be_the_others() {
    let gumbel = case("gumbel");
    let with = |path: &str, value: Value| {
        let mut examined = gumbel.examined.clone();
        examined["quoted"] = json!({ "left_out": 3 });
        *examined.pointer_mut(path).unwrap() = value;
        let checks = check(&examined, &gumbel.cells);
        let of_t1 = |check: &&Check| {
            check
                .what
                .starts_with("T1 of key e3e0effe361ad316: log10 p")
        };
        let verdicts: Vec<Verdict> = checks
            .iter()
            .filter(of_t1)
            .map(|check| check.verdict)
            .collect();
        verdicts
    };
    let log10_p = gumbel.examined["tests"][0]["log10_p"].as_f64().unwrap();
    let unchanged = with("/tests/0/log10_p", json!(log10_p));
    assert!(
        unchanged.iter().all(|&verdict| verdict == Verdict::Holds),
        "{unchanged:?}"
    );
    assert!(with("/tests/0/log10_p", json!(log10_p + 1.0)).contains(&Verdict::NotChecked));
    assert!(with("/tests/0/log10_p", json!(log10_p - 1e-6)).contains(&Verdict::Fails));
}
