//! `examine` with controls, shape and log-probabilities, and `merge`.

use crate::bench::Bench;
use serde_json::{Value, json};

/// Marked text under one key, and three keys: its own, another one, and one that is never used.
fn bench(scheme: &str) -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    for cohort in ["harvested", "public", "unused"] {
        bench.ok(&format!(
            "derive --key root.key --epoch e --cohort {cohort} --out {cohort}.key"
        ));
    }
    bench.ok(&format!(
        "profile new --scheme {scheme} --window 1 --out p.toml"
    ));
    bench.ok("mark --key harvested.key --profile p.toml --tokens 1500 --seed 5 --out marked.jsonl");
    bench
}

fn finding<'a>(result: &'a Value, test: &str, key: usize) -> &'a Value {
    let id = &result["keys"][key]["key_id"];
    result["tests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["test"] == test && finding["key_id"] == *id)
        .unwrap_or_else(|| panic!("no {test} in {result:#}"))
}

fn adjusted(finding: &Value) -> f64 {
    finding["log10_p_adjusted"].as_f64().unwrap()
}

/// Under the wrong keys an adjusted p is at or below 1e-4 once in 10,000 runs.
#[test]
fn a_key_is_contrasted_with_its_controls_and_named() {
    for scheme in ["gumbel", "green"] {
        let bench = bench(scheme);
        let line = "examine --key harvested.key --key unused.key --control public.key --control unused.key --shape --decoys 99 --profile p.toml marked.jsonl";
        let result = bench.json(line);
        let contrast = finding(&result, "T6", 0);
        assert!(adjusted(contrast) < -4.0, "{contrast}");
        assert_eq!(contrast["control_id"], result["controls"][0]["key_id"]);
        let effect = &contrast["effect"];
        let null = effect["null"].as_f64().unwrap();
        assert!(
            effect["interval"]["low"].as_f64().unwrap() > null,
            "{effect}"
        );
        assert!(adjusted(finding(&result, "T6", 1)) > -4.0);
        // Two controls for the one key, one for the key that is its own control.
        let contrasts = result["tests"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["test"] == "T6");
        assert_eq!(contrasts.count(), 3);
        let shapes = result["tests"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["test"] == "T8");
        assert_eq!(shapes.count(), if scheme == "gumbel" { 2 } else { 0 });

        let cohorts = &result["cohorts"]["keys"];
        assert_eq!(cohorts[0]["standing"], "named");
        assert_eq!(cohorts[1]["standing"], "neither");
        assert!(
            !cohorts[0]["named_by"]
                .as_array()
                .unwrap()
                .contains(&json!("T6"))
        );
        let text = bench.ok(line).stdout;
        for part in [
            "T6 contrast",
            "Keys together",
            " named: smallest",
            " neither: smallest",
        ] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
    }
}

#[test]
fn log_probabilities_of_answers_sequences_and_contexts_are_evidence() {
    let bench = bench("green");
    // A suspect that is sure of what the marked text says next: its own log-probabilities, token by token.
    let marked = bench.read("marked.jsonl");
    let mut lines = String::new();
    for line in marked.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let tokens = record["tokens"].as_array().unwrap();
        let tops: Vec<Value> = tokens
            .iter()
            .map(|t| json!([[t, -0.5], [(t.as_u64().unwrap() + 1) % 1024, -3.0]]))
            .collect();
        lines.push_str(
            &json!({"prompt": record["prompt"], "response_tokens": tokens, "top_logprobs": tops})
                .to_string(),
        );
        lines.push('\n');
    }
    bench.write("probabilities.jsonl", &lines);
    bench.write(
        "context.jsonl",
        "{\"context_tokens\": [5, 6, 7], \"top\": [[8, -0.5], [9, -1.5]]}\n",
    );
    let line = "examine --key harvested.key --key unused.key --decoys 0 --profile p.toml --logprobs probabilities.jsonl --logprobs context.jsonl marked.jsonl";
    let result = bench.json(line);
    let own = finding(&result, "T9", 0);
    assert!(adjusted(own) < -4.0, "{own}");
    assert!(own["mass"].as_f64().unwrap() > own["mass_null"].as_f64().unwrap());
    assert!(adjusted(finding(&result, "T9", 1)) > -4.0);
    assert_eq!(
        result["logprobs"]["files"],
        json!(["probabilities.jsonl", "context.jsonl"])
    );
    assert_eq!(result["logprobs"]["unmapped"]["candidates"], 0);
    assert!(bench.ok(line).stdout.contains("T9 probabilities"));

    // Against itself as the reference nothing is left.
    let same = bench.json(&format!(
        "{line} --reference-logprobs probabilities.jsonl --reference-logprobs context.jsonl"
    ));
    assert_eq!(finding(&same, "T9", 0)["log10_p"], 0.0);
    assert_eq!(
        same["logprobs"]["reference"]["counts"],
        same["logprobs"]["counts"]
    );

    // Strings, as an interface gives them.
    bench.write(
        "chat.jsonl",
        json!({"prompt": "Say it.", "response": "the the", "logprobs": {"content": [
            {"token": "the", "logprob": -0.1, "top_logprobs": [{"token": "the", "logprob": -0.1}]},
            {"token": " the", "logprob": -0.2, "top_logprobs": [{"token": " the", "logprob": -0.2}, {"token": " no such token", "logprob": -3.0}]},
        ]}})
        .to_string(),
    );
    let chat = bench.json("examine --key harvested.key --decoys 0 --profile p.toml --logprobs chat.jsonl marked.jsonl");
    assert_eq!(chat["logprobs"]["counts"]["sequences"], 1);
    assert!(chat["logprobs"]["unmapped"]["candidates"].as_u64().unwrap() >= 1);
}

#[test]
fn controls_and_log_probabilities_that_cannot_be_used_are_refused() {
    let bench = bench("green");
    bench.refused(
        "examine --key harvested.key --control public.key --control public.key --profile p.toml marked.jsonl",
        2,
        &["was given twice", "hint: give each control once"],
    );
    bench.write(
        "p.jsonl",
        "{\"context_tokens\": [5], \"top\": [[8, 0.9]]}\n",
    );
    bench.refused(
        "examine --key harvested.key --profile p.toml --logprobs p.jsonl marked.jsonl",
        2,
        &[
            "p.jsonl:1: token 8 has log-probability 0.9",
            "natural logarithms",
        ],
    );
    bench.write("none.jsonl", "{\"response\": \"x\", \"prompt\": \"y\"}\n");
    bench.refused(
        "examine --key harvested.key --profile p.toml --logprobs none.jsonl marked.jsonl",
        2,
        &["none.jsonl:1: fits no layout", "`logprobs`"],
    );
    bench.refused(
        "examine --key harvested.key --profile p.toml --reference-logprobs p.jsonl marked.jsonl",
        2,
        &["--logprobs"],
    );
}

#[test]
fn examinations_of_the_same_keys_are_averaged() {
    let bench = bench("green");
    bench.ok("mark --key harvested.key --profile p.toml --tokens 1500 --seed 6 --out more.jsonl");
    let keys = "--key harvested.key --key unused.key --decoys 0 --profile p.toml";
    for (input, output) in [("marked.jsonl", "a.json"), ("more.jsonl", "b.json")] {
        let result = bench.ok(&format!("--format json examine {keys} {input}"));
        bench.write(output, result.stdout);
    }
    let merged = bench.json("merge a.json b.json");
    let key = &merged["keys"][0];
    let each: Vec<f64> = key["audits_log10_e"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e.as_f64().unwrap())
        .collect();
    let mean = (each.iter().map(|e| 10.0_f64.powf(*e)).sum::<f64>() / 2.0).log10();
    assert!((key["log10_e"].as_f64().unwrap() - mean).abs() < 1e-9);
    assert_eq!(
        key["log10_p"].as_f64().unwrap(),
        -key["log10_e"].as_f64().unwrap()
    );
    assert!(
        bench
            .ok("merge a.json b.json")
            .stdout
            .contains("Averaged over 2 examinations: a.json, b.json")
    );

    let one = bench
        .ok("--format json examine --key harvested.key --decoys 0 --profile p.toml marked.jsonl");
    bench.write("one.json", one.stdout);
    bench.refused(
        "merge a.json one.json",
        2,
        &["one.json tried other keys than a.json", "is choosing"],
    );
    bench.refused(
        "merge a.json marked.jsonl",
        2,
        &["marked.jsonl is not", "examine --format json"],
    );
    bench.refused("merge nothing.json", 2, &["nothing.json", "check the path"]);
    bench.refused("merge - -", 2, &["more than once"]);
}
