//! `examine` with a harvest: weights from indexes, a control sample, and every way in which they are refused.

use crate::bench::Bench;
use serde_json::Value;

/// Two cohorts' keys, their logs with indexes, unmarked text with an index, and answers that copy
/// cohort a's mark.
fn case() -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    for cohort in ["a", "b"] {
        bench.ok(&format!(
            "derive --key root.key --epoch e --cohort {cohort} --out {cohort}.key"
        ));
    }
    bench.ok("profile new --out p.toml");
    bench.ok("mark --key a.key --profile p.toml --tokens 3000 --seed 1 --out a.jsonl");
    bench.ok("mark --key b.key --profile p.toml --tokens 3000 --seed 2 --out b.jsonl");
    bench.ok("mark --unmarked --profile p.toml --tokens 3000 --seed 3 --out plain.jsonl");
    bench.ok("mark --key a.key --profile p.toml --tokens 3000 --seed 4 --out answers.jsonl");
    bench.ok("index make --key a.key --profile p.toml --out a.index a.jsonl");
    bench.ok("index make --key b.key --profile p.toml --out b.index b.jsonl");
    bench.ok("index make --unmarked --profile p.toml --out plain.index plain.jsonl");
    bench
}

const BOTH_KEYS: &str = "examine --key a.key --key b.key --profile p.toml --decoys 9";

fn test<'a>(result: &'a Value, test: &str, key: usize) -> &'a Value {
    let id = &result["keys"][key]["key_id"];
    let mut tests = result["tests"].as_array().unwrap().iter();
    tests
        .find(|t| t["test"] == test && t["key_id"] == *id)
        .unwrap()
}

/// The unused key's three weighted tests are above 1e-4 but for one run in 3,000 with new keys.
#[test]
fn a_harvest_adds_t2_and_t2r_and_says_whose_text_it_was() {
    let bench = case();
    let result = bench.json(&format!(
        "{BOTH_KEYS} --harvest b.index --background plain.index --reference plain.jsonl answers.jsonl"
    ));
    let named: Vec<&str> = result["tests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["test"].as_str().unwrap())
        .collect();
    assert_eq!(named[..5], ["T1", "T2", "T2r", "T3", "T5"]);
    for name in ["T2", "T2r", "T3"] {
        let (own, other) = (test(&result, name, 0), test(&result, name, 1));
        assert_eq!(own["weights"], "other-keys");
        assert_eq!(other["weights"], "same-key");
        assert!(other["unproven"].to_string().contains("key-free-weights"));
        assert!(!own["unproven"].to_string().contains("key-free-weights"));
        assert_eq!(own["weighting"]["rule"], "graded");
        assert_eq!(own["weighting"]["assumed_share"], 0.01);
        assert!(own["log10_p"].as_f64().unwrap() < -10.0, "{own}");
        assert!(other["log10_p"].as_f64().unwrap() > -4.0, "{other}");
    }
    assert!(test(&result, "T1", 1)["weights"].is_null());
    let cells = |test: &Value| -> u64 {
        let levels = test["levels"].as_array().unwrap();
        levels
            .iter()
            .map(|level| level["cells"].as_u64().unwrap())
            .sum()
    };
    assert_eq!(
        cells(test(&result, "T2", 0)),
        result["counts"]["scored"].as_u64().unwrap()
    );
    assert_eq!(
        cells(test(&result, "T2r", 0)),
        test(&result, "T2r", 0)["scored"].as_u64().unwrap()
    );
    assert_eq!(
        test(&result, "T2r", 0)["counts"]["expectation"],
        "reference"
    );
    assert_eq!(
        result["harvests"][0]["marked_by"],
        result["keys"][1]["key_id"]
    );
    assert!(result["background"]["marked_by"].is_null());
    assert_eq!(result["reference"]["answers"], 15);

    let human = bench
        .ok(&format!("{BOTH_KEYS} --harvest b.index answers.jsonl"))
        .stdout;
    assert!(human.contains("T2 weighted sum"), "{human}");
    assert!(
        human.contains("text that other keys marked (graded)"),
        "{human}"
    );
    assert!(
        human.contains("its answers elsewhere let expect"),
        "{human}"
    );
    assert!(
        human.contains("came from text that this key marked"),
        "{human}"
    );
}

#[test]
fn several_harvests_add_up_and_a_filter_counts_windows_alike() {
    let bench = case();
    let line = |rest: &str| {
        format!("examine --key a.key --profile p.toml --decoys 0 {rest} answers.jsonl")
    };
    let both = bench.json(&line(
        "--harvest a.index --harvest b.index --weights filter",
    ));
    let one = bench.json(&line("--harvest b.index --weights filter"));
    let weighting = |result: &Value| test(result, "T2", 0)["weighting"].clone();
    let windows = |result: &Value| weighting(result)["harvest_windows"].as_u64().unwrap();
    assert!(windows(&both) > windows(&one));
    assert_eq!(weighting(&both)["rule"], "filter");
    assert_eq!(test(&both, "T2", 0)["weights"], "same-key");
    assert_eq!(test(&one, "T2", 0)["weights"], "other-keys");
    let levels = test(&one, "T2", 0)["levels"].as_array().unwrap().clone();
    let weights: Vec<_> = levels
        .iter()
        .map(|level| level["weight"].as_i64().unwrap())
        .collect();
    assert_eq!(weights, [0, 1]);
    assert_eq!(test(&one, "T2", 0)["method"], "exact");

    // A control sample alone makes T2r without weights of windows.
    let alone = bench.json(&line("--reference plain.jsonl"));
    assert!(test(&alone, "T2r", 0)["weights"].is_null());
    assert!(alone["harvests"].is_null());
    assert!(
        alone["tests"]
            .as_array()
            .unwrap()
            .iter()
            .all(|t| t["test"] != "T2")
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let bench = case();
    let line = format!(
        "--format json {BOTH_KEYS} --harvest a.index --background plain.index --reference plain.jsonl answers.jsonl"
    );
    let first = bench.ok(&line).stdout;
    for threads in ["1", "3"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_hallmark"))
            .args(line.split(' '))
            .current_dir(bench.path(""))
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            first,
            "{threads} threads"
        );
    }
}

/// Weights from unmarked text alone have no tie to any key.
#[test]
fn a_background_weighs_by_itself() {
    let bench = case();
    let result = bench.json(&format!(
        "{BOTH_KEYS} --weights background --background plain.index answers.jsonl"
    ));
    for name in ["T2", "T2r"] {
        let (own, other) = (test(&result, name, 0), test(&result, name, 1));
        assert_eq!(
            (&own["weights"], &own["unproven"]),
            (&"background".into(), &Value::Null)
        );
        assert!(own["log10_p"].as_f64().unwrap() < -20.0, "{own}");
        assert!(other["log10_p"].as_f64().unwrap() > -4.0, "{other}");
    }
    assert_eq!(result["harvests"], Value::Null);
    assert_eq!(result["background"]["counting"], "occurrences");
}

#[test]
fn what_cannot_weigh_is_refused() {
    let bench = case();
    let line = |rest: &str| format!("examine --key a.key --profile p.toml {rest} answers.jsonl");
    bench.refused(
        &line("--harvest a.index --harvest a.index"),
        2,
        &["given twice"],
    );
    bench.refused(
        &line("--harvest a.index --background plain.index --assumed-share 1"),
        2,
        &["above 0 and below 1"],
    );
    bench.refused(
        &line("--background a.index"),
        2,
        &["weighs nothing by itself", "--weights background"],
    );
    bench.refused(
        &line("--harvest a.index --assumed-share 0.1"),
        2,
        &["--background"],
    );
    bench.refused(
        &line("--harvest plain.index --background plain.index"),
        2,
        &["both harvest and background"],
    );
    bench.refused(
        &line("--harvest a.index --background plain.index --weights background"),
        2,
        &["no --harvest"],
    );
    // An index made again has another date and digest, and the same sources.
    bench.ok("index make --key a.key --profile p.toml --memory 1 --out again.index a.jsonl");
    bench.refused(
        &line("--harvest a.index --harvest again.index"),
        2,
        &["given twice"],
    );
    bench.refused(&line("--harvest missing.index"), 2, &["missing.index"]);
    bench.refused(&line("--harvest a.jsonl"), 2, &["index make"]);
    bench.refused(&line("--reference -  -"), 2, &["more than once"]);

    bench.ok("profile new --window 3 --out three.toml");
    bench.refused(
        "examine --key a.key --profile three.toml --harvest a.index answers.jsonl",
        2,
        &["windows of 2 tokens", "have 3"],
    );
    let mut bytes = std::fs::read(bench.path("a.index")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.write("changed.index", bytes);
    bench.refused(&line("--harvest changed.index"), 3, &["changed.index"]);
}
