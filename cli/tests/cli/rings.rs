//! Rings of keys from the profile to the finding.

use crate::bench::{Bench, check_schema};
use serde_json::Value;
use std::collections::HashSet;

fn ring() -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("derive --key root.key --epoch e --cohort c --out c.key");
    bench.ok("profile new --ring 4 --out p.toml");
    bench.ok("mark --key c.key --profile p.toml --tokens 8000 --seed 3 --out log.jsonl");
    bench
}

fn records(bench: &Bench, name: &str) -> Vec<Value> {
    let text = bench.read(name);
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn test(bench: &Bench, line: &str, name: &str) -> f64 {
    let ran = bench.run(&format!("--format json examine --decoys 19 {line}"));
    let examined: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    check_schema(&examined);
    assert_eq!(examined["profile"]["ring"], 4);
    let tests = examined["tests"].as_array().unwrap();
    let own = tests.iter().find(|finding| finding["test"] == name);
    own.unwrap()["log10_p"].as_f64().unwrap()
}

#[test]
fn a_ring_marks_each_answer_with_one_of_its_keys_and_is_found_by_all() {
    let bench = ring();
    let made = bench.json("mark --key c.key --profile p.toml --tokens 300 --out few.jsonl");
    assert_eq!((&made["ring"], &made["answers"]), (&4.into(), &2.into()));
    assert_eq!(made["tokens"], 400);
    let log = records(&bench, "log.jsonl");
    let sub_keys: HashSet<u64> = log
        .iter()
        .map(|record| record["sub_key"].as_u64().unwrap())
        .collect();
    assert_eq!(sub_keys, (0..4).collect());
    let shown = bench.ok("profile show p.toml").stdout;
    assert!(shown.contains("ring        4 sub-keys"), "{shown}");

    bench.ok("index make --first --key c.key --profile p.toml --out c.first log.jsonl");
    bench.ok("index make --key c.key --profile p.toml --out c.index log.jsonl");
    bench.ok("mark --key c.key --profile p.toml --tokens 4000 --seed 9 --out own.jsonl");
    bench.ok("mark --unmarked --profile p.toml --tokens 4000 --seed 4 --out innocent.jsonl");
    let line = "--key c.key --profile p.toml --first-visits c.first --harvest c.index";
    for name in ["T1", "T2", "T2r", "T3", "T3r"] {
        let own = test(&bench, &format!("{line} own.jsonl"), name);
        assert!(own < -10.0, "{name}: {own}");
        let innocent = test(&bench, &format!("{line} innocent.jsonl"), name);
        assert!(innocent > -3.0, "{name}: {innocent}");
    }
    assert!(test(&bench, &format!("{line} --shape own.jsonl"), "T8") < -3.0);
    bench.ok("detect --key c.key --profile p.toml own.jsonl");
    // Without the ring it is another mark.
    bench.ok("profile new --out plain.toml");
    let plain = bench.json("detect --key c.key --profile plain.toml own.jsonl");
    assert!(
        plain["pooled"]["log10_p"].as_f64().unwrap() > -3.0,
        "{plain}"
    );
}

#[test]
fn a_log_that_does_not_say_which_key_marked_is_refused() {
    let bench = ring();
    let lines = |change: fn(&mut Value)| {
        let mut log = records(&bench, "log.jsonl");
        change(&mut log[2]);
        let lines = log.iter().map(|record| format!("{record}\n"));
        lines.collect::<String>()
    };
    let without = lines(|record| {
        record.as_object_mut().unwrap().remove("sub_key");
    });
    bench.write("without.jsonl", without);
    bench.write("beyond.jsonl", lines(|record| record["sub_key"] = 4.into()));
    bench.write("word.jsonl", lines(|record| record["sub_key"] = "x".into()));
    let make = "index make --first --key c.key --profile p.toml --out x";
    let say = "does not say which of the 4 sub-keys";
    bench.refused(
        &format!("{make} without.jsonl"),
        2,
        &["without.jsonl:3", say],
    );
    bench.refused(
        &format!("{make} beyond.jsonl"),
        2,
        &["beyond.jsonl:3: sub-key 4", "numbered from 0"],
    );
    bench.refused(&format!("{make} word.jsonl"), 2, &["word.jsonl:3", say]);
    // Numbers that are none of what marked: T3r would accuse the innocent.
    let swapped = lines(|record| {
        record["sub_key"] = ((record["sub_key"].as_u64().unwrap() + 1) % 4).into();
    });
    bench.write("swapped.jsonl", swapped);
    bench.refused(
        &format!("{make} swapped.jsonl"),
        2,
        &["swapped.jsonl:3: it says that sub-key", "did"],
    );
    let fails = lines(|record| *record = serde_json::json!({"id": "3", "error": {"code": "cut"}}));
    bench.write("fails.jsonl", fails);
    bench.refused(
        &format!("{make} fails.jsonl"),
        2,
        &["fails.jsonl:3: is no answer: the request failed (cut)"],
    );
    assert!(!bench.path("x").exists());

    // An index of another ring is none of this log.
    bench.ok("profile new --out plain.toml");
    bench.refused(
        "index make --first --key c.key --profile plain.toml --out x log.jsonl",
        2,
        &["sub-key", "ring has 1"],
    );
    bench.ok("mark --key c.key --profile plain.toml --tokens 2000 --out plain.jsonl");
    bench.ok("index make --first --key c.key --profile plain.toml --out plain.first plain.jsonl");
    bench.refused(
        "examine --key c.key --profile p.toml --first-visits plain.first log.jsonl",
        2,
        &["plain.first tells 1 sub-keys apart", "ring of 4"],
    );
    // Probabilities are summed under one key.
    bench.write(
        "top.jsonl",
        r#"{"context_tokens": [5, 6], "top": [[7, -0.2], [9, -2.5]]}"#,
    );
    bench.refused(
        "examine --key c.key --profile p.toml --logprobs top.jsonl log.jsonl",
        2,
        &["T9 cannot be made", "several sub-keys"],
    );
    bench.refused("profile new --ring 17 --out y.toml", 2, &["ring = 17"]);
    bench.refused(
        "profile new --scheme vllm-gumbel-v1 --ring 2 --out y.toml",
        2,
        &["ring = 2"],
    );
}
