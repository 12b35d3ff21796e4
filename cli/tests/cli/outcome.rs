//! What `examine` concludes: found, not found with what could have been seen, or inconclusive.

use crate::bench::{Bench, check_schema};
use serde_json::{Value, json};

/// Answers of an innocent model, and marked ones, with keys and a profile.
fn bench(profile: &str) -> Bench {
    let bench = Bench::new();
    bench.key("mine.key");
    bench.key("other.key");
    bench.ok(&format!("profile new {profile} --out p.toml"));
    bench.ok("mark --unmarked --profile p.toml --tokens 4000 --seed 1 --out clean.jsonl");
    bench.ok("mark --key mine.key --profile p.toml --tokens 4000 --seed 1 --out marked.jsonl");
    bench
}

fn examine(bench: &Bench, more: &str, status: i32) -> Value {
    let ran = bench.run(&format!(
        "--format json examine --profile p.toml --decoys 0 {more}"
    ));
    assert_eq!(ran.status, status, "{more}: {}{}", ran.stdout, ran.stderr);
    let value = serde_json::from_str(&ran.stdout).unwrap();
    check_schema(&value);
    value
}

/// An innocent text is "found" under T1 or T3 with probability below 0.001 for each of the keys.
#[test]
fn not_found_comes_with_the_smallest_share_that_could_have_been_seen() {
    let bench = bench("--scheme green --delta 3");
    let clean = examine(&bench, "--key mine.key clean.jsonl", 0);
    assert_eq!(
        (&clean["outcome"], &clean["outcomes"][0]["outcome"]),
        (&json!("not-found"), &json!("not-found"))
    );
    let outcome = &clean["outcomes"][0];
    assert!(
        outcome["smallest_share"].as_f64().unwrap() > 0.1,
        "{outcome}"
    );
    assert_eq!(
        outcome["calibration"]["row"],
        "sander-2024-green-closed-generic"
    );
    let human = bench
        .ok("examine --key mine.key --profile p.toml --decoys 0 clean.jsonl")
        .stdout;
    assert!(
        human.contains("No dependence on this key was found"),
        "{human}"
    );
    assert!(human.contains("certify nothing of this suspect"), "{human}");
    let found = examine(
        &bench,
        "--key mine.key --key other.key --rule-out 0.5 marked.jsonl",
        0,
    );
    assert_eq!(
        (&found["outcome"], &found["outcomes"][0]["outcome"]),
        (&json!("found"), &json!("found"))
    );
    assert_eq!(found["outcomes"][1]["outcome"], "inconclusive");
}

#[test]
fn what_could_not_have_been_seen_is_inconclusive_and_says_how_much_is_needed() {
    let bench = bench("--scheme green --delta 3");
    let small = examine(&bench, "--key mine.key --rule-out 0.1 clean.jsonl", 4);
    assert_eq!(small["outcome"], "inconclusive");
    let needs = small["outcomes"][0]["needs_answers"].as_u64().unwrap();
    assert!(
        needs > 20 * small["counts"]["answers"].as_u64().unwrap(),
        "{needs}"
    );
    let ran =
        bench.run("examine --key mine.key --profile p.toml --decoys 0 --rule-out 0.1 clean.jsonl");
    assert_eq!(ran.status, 4);
    assert!(
        ran.stdout.contains("Inconclusive") && ran.stdout.contains(&needs.to_string()),
        "{}",
        ran.stdout
    );
    // With harvest prompts a share as large as that leaves far more; but studies of other models certify nothing.
    let harvest = |more: &str, status| {
        let line = format!("--key mine.key --rule-out 0.1 --prompts harvest {more} clean.jsonl");
        examine(&bench, &line, status)
    };
    let others = harvest("", 4);
    assert_eq!(others["outcome"], "inconclusive");
    assert!(others["outcomes"][0]["smallest_share"].as_f64().unwrap() < 0.1);
    assert!(others["outcomes"][0]["certified_share"].is_null());
    let table = include_str!("../../../crates/detector/src/power/calibration.toml");
    bench.write("own.toml", table);
    let untried = harvest("--calibration own.toml", 4);
    assert_eq!(
        untried["outcome"], "inconclusive",
        "0.01 was tried, and is too little to be seen"
    );
    let tried = "share = 0.09, lift = 0.11 }";
    bench.write(
        "own.toml",
        table.replace("share = 0.01, lift = 0.011 }", tried),
    );
    let own = harvest("--calibration own.toml", 0);
    assert_eq!(own["outcome"], "not-found");
    assert_eq!(own["outcomes"][0]["certified_share"], 0.09);
    // Where no study says anything, nothing can be ruled out.
    let own = "hallmark-calibration = 1\nedition = \"none\"\nrow = []\n";
    bench.write("none.toml", own);
    let unknown = examine(
        &bench,
        "--key mine.key --rule-out 0.1 --calibration none.toml clean.jsonl",
        4,
    );
    assert!(
        unknown["outcomes"][0]["smallest_share"].is_null()
            && unknown["outcomes"][0]["needs_answers"].is_null()
    );
    let silent = examine(
        &bench,
        "--key mine.key --calibration none.toml clean.jsonl",
        0,
    );
    assert_eq!(silent["outcome"], "not-found");
    bench.refused(
        "examine --key mine.key --profile p.toml --rule-out 2 clean.jsonl",
        2,
        &["--rule-out 2"],
    );
}
