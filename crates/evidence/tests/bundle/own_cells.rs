//! Tests with cells of their own, T3r and T9: their numbers follow from what is disclosed, under every law of words.

use crate::alter::{at, leaves, other};
use crate::fixture::{Memory, bundle, bundle_of, failing};
use hallmark_verify::arithmetic::{Cells, Visits, check};
use hallmark_verify::{Check, Verdict};
use serde_json::Value;

fn case(bundle: &Memory) -> (Value, Cells) {
    let findings = serde_json::from_str(bundle.text("runs/1/findings.json")).unwrap();
    let cells = Cells::from_bytes(&bundle.0["runs/1/cells.bin"]).unwrap();
    (findings, cells)
}

fn fails(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.verdict == Verdict::Fails)
}

/// Numbers that follow from the answers and not from cells.
const BESIDE: [&str; 3] = ["produced", "identical_answers", "reference"];

/// Every number of these tests is checked, and none can be another; under the first key, as all keys are checked alike.
fn holds(bundle: &Memory, tests: &[&str]) {
    let verified = bundle.verified();
    assert!(verified.holds, "{:#?}", failing(&verified));
    let (findings, cells) = case(bundle);
    let checks = check(&findings, &cells);
    for test in tests {
        let numbers = checks
            .iter()
            .filter(|check| check.what.starts_with(&format!("{test} of key")));
        let held = numbers.filter(|check| check.verdict == Verdict::Holds);
        assert!(held.count() > 10, "{test}");
    }
    let mut altered = 0;
    for place in leaves(&findings) {
        let [first, number, .., last] = &place[..] else {
            continue;
        };
        let is_one = first == "tests" && {
            let finding = &findings["tests"][number.parse::<usize>().unwrap()];
            let is_named = tests.iter().any(|test| finding["test"] == *test);
            is_named && finding["key_id"] == findings["key_id"]
        };
        if !is_one || BESIDE.contains(&&last[..]) {
            continue;
        }
        let mut forged = findings.clone();
        let leaf = at(&mut forged, &place);
        *leaf = other(leaf);
        assert!(fails(&check(&forged, &cells)), "{}", place.join("."));
        altered += 1;
    }
    assert!(altered > 8 * tests.len(), "{altered}");
}

#[test]
fn numbers_of_gumbel_hold() {
    holds(&bundle(), &["T3r", "T9"]);
}

#[test]
fn numbers_of_green_hold() {
    let bundle = bundle_of("green", "[green]\ngamma = 0.25\ndelta = 2.0\n");
    holds(&bundle, &["T3r", "T9"]);
}

#[test]
fn numbers_of_a_tournament_hold() {
    let bundle = bundle_of("tournament", "[tournament]\nlayers = 30\n");
    holds(&bundle, &["T3r", "T9"]);
}

#[test]
fn numbers_of_a_ring_hold() {
    holds(&bundle_of("gumbel", "ring = 2"), &["T3r"]);
}

/// Whoever changes a word or a weight changes a number. Times say where E was largest on its way, and nothing of its end.
#[test]
fn no_cell_can_be_another() {
    let (findings, cells) = case(&bundle());
    let change = |what: &str, change: &dyn Fn(&mut Cells)| {
        let mut other = cells.clone();
        change(&mut other);
        assert_ne!(other, cells, "{what}");
        assert!(fails(&check(&findings, &other)), "{what}");
    };
    change("words of T3r", &|cells| {
        let words = &mut cells.first_visits[0].words;
        words.iter_mut().for_each(|word| *word = !*word);
    });
    change("steps of T3r", &|cells| {
        let steps = &mut cells.first_visits[0].steps;
        steps.swap(0, 3);
    });
    change("a step that is none", &|cells| {
        cells.first_visits[0].steps[1][5] = Visits::STEPS as u8;
    });
    change("a cell without a bet", &|cells| {
        let steps = &mut cells.first_visits[0].steps;
        steps.iter_mut().for_each(|steps| steps[5] = Visits::NO_BET);
    });
    change("a log fewer", &|cells| {
        cells.first_visits[0].key_id = cells.keys[1].key_id.clone();
        cells.first_visits[0].codes.pop();
    });
    change("a word of T9", &|cells| {
        let word = &mut cells.masses.as_mut().unwrap().words[0][3];
        *word = !*word;
    });
    change("a weight of T9", &|cells| {
        let weight = &mut cells.masses.as_mut().unwrap().weights[3];
        *weight = 65_536 - *weight;
    });
    change("a probability of T9", &|cells| {
        cells.masses.as_mut().unwrap().masses[3] += 1 << 20;
    });
    change("windows of T9", &|cells| {
        let windows = &mut cells.masses.as_mut().unwrap().windows;
        let last = windows.pop().unwrap();
        windows[0] += last;
    });
    change("a source fewer", &|cells| {
        cells.sources.as_mut().unwrap().answers.pop();
    });
    change("a source that is not there", &|cells| {
        cells.sources.as_mut().unwrap().answers[0] = 2;
    });
    change("a source that has no answer", &|cells| {
        cells
            .sources
            .as_mut()
            .unwrap()
            .names
            .push("other".to_owned());
    });
    change("files that were not read", &|cells| {
        cells.sources.as_mut().unwrap().by = "file".to_owned();
    });
}
