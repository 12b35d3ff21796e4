//! Answers and requests in two files, as batch services give them; and requests that failed.

use crate::bench::Bench;
use serde_json::{Value, json};

const FIELDS: &str =
    "--field response=response.body.choices.0.message.content --field id=custom_id";

/// Marked answers in a batch's output file, two failed requests between them, and the requests in another order.
fn batch() -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --out p.toml");
    bench.ok("mark --key root.key --profile p.toml --tokens 2000 --seed 5 --out marked.jsonl");
    let marked = bench.read("marked.jsonl");
    let marked: Vec<Value> = marked
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let body =
        |text: &Value| json!({"choices": [{"message": {"role": "assistant", "content": text}}]});
    let answered = marked.iter().enumerate().map(|(number, record)| {
        json!({
            "id": format!("b{number}"),
            "custom_id": format!("q{number}"),
            "response": {"status_code": 200, "body": body(&record["text"])},
            "error": null,
        })
    });
    let mut output: Vec<Value> = answered.collect();
    let refused =
        json!({"error": {"message": "This prompt is not allowed.", "code": "content_policy"}});
    output.insert(1, json!({"custom_id": "x0", "response": {"status_code": 400, "body": refused}, "error": null}));
    output.insert(
        2,
        json!({"custom_id": "x1", "response": null, "error": {"code": "batch_expired"}}),
    );
    let asked = marked.iter().enumerate().rev().map(|(number, record)| {
        // What was asked shows the answer: nothing may be left of it.
        let text = format!("{} Continue: {}", record["prompt"], record["text"]);
        json!({"custom_id": format!("q{number}"), "body": {"messages": [{"role": "user", "content": text}]}})
    });
    let lines = |records: Vec<Value>| -> String {
        records.iter().map(|record| format!("{record}\n")).collect()
    };
    bench.write("out.jsonl", lines(output));
    bench.write("in.jsonl", lines(asked.collect()));
    bench
}

/// What was asked is known only where the two files are joined: without, text that was shown is found.
#[test]
fn requests_are_joined_and_what_they_show_is_left_out() {
    let bench = batch();
    let line = format!("examine --decoys 0 --key root.key --profile p.toml {FIELDS}");
    let apart = bench.json(&format!("{line} out.jsonl"));
    assert_eq!(apart["outcome"], "found");
    assert_eq!(
        apart["counts"]["exposure_unknown"],
        apart["counts"]["answers"]
    );

    let joined = bench.run(&format!(
        "--format json {line} --requests in.jsonl out.jsonl"
    ));
    let joined: Value = serde_json::from_str(&joined.stdout).unwrap();
    assert_ne!(joined["outcome"], "found");
    assert_eq!(joined["counts"]["exposure_unknown"], 0);
    assert!(
        joined["counts"]["scored"].as_u64().unwrap() < 100,
        "{}",
        joined["counts"]
    );
    let roles = joined["inputs"].as_array().unwrap().iter();
    let roles: Vec<&Value> = roles.map(|input| &input["role"]).collect();
    assert!(roles.contains(&&json!("requests")), "{roles:?}");

    // Failed requests are counted apart from bad records, and said to be left out.
    for examined in [&apart, &joined] {
        assert_eq!(examined["skipped"]["records"], 0);
        assert_eq!(examined["skipped"]["failed"], 2);
        let first = examined["skipped"]["first_failed"].to_string();
        assert!(
            first.contains("content_policy") && first.contains("batch_expired"),
            "{first}"
        );
        let conditions = examined["conditions"].to_string();
        assert!(conditions.contains("2 requests failed"), "{conditions}");
    }
    let words = bench
        .run(&format!(
            "detect --key root.key --profile p.toml {FIELDS} out.jsonl"
        ))
        .stdout;
    assert!(
        words.contains("Failed: 2 requests have no answer"),
        "{words}"
    );
}

/// A prompt as tokens is shown like any other; what a request takes from elsewhere is not known.
#[test]
fn what_was_shown_as_tokens_or_elsewhere_is_not_lost() {
    let bench = batch();
    let marked = bench.read("marked.jsonl");
    let lines = |request: &dyn Fn(&Value) -> Value| -> String {
        let records = marked.lines().enumerate().map(|(number, line)| {
            let record: Value = serde_json::from_str(line).unwrap();
            let mut asked = request(&record);
            asked["custom_id"] = format!("q{number}").into();
            format!("{asked}\n")
        });
        records.collect()
    };
    bench.write(
        "tokens.jsonl",
        lines(&|record| json!({"body": {"prompt": record["tokens"]}})),
    );
    let whole = lines(&|record| json!({"prompt_tokens": record["tokens"], "body": "a"}));
    bench.write("whole.jsonl", whole);
    let elsewhere = |_: &Value| json!({"body": {"input": "go on", "previous_response_id": "r"}});
    bench.write("elsewhere.jsonl", lines(&elsewhere));
    let line = format!("examine --decoys 0 --key root.key --profile p.toml {FIELDS}");
    bench.refused(
        &format!("{line} --requests tokens.jsonl out.jsonl"),
        2,
        &[
            "tokens.jsonl:1: `body.prompt` is a list of whole numbers",
            "--field prompt_tokens=",
        ],
    );
    for (fields, requests) in [
        ("--field prompt_tokens=body.prompt", "tokens.jsonl"),
        ("", "whole.jsonl"),
    ] {
        let line = format!("--format json {line} {fields} --requests {requests} out.jsonl");
        let joined: Value = serde_json::from_str(&bench.run(&line).stdout).unwrap();
        assert_ne!(joined["outcome"], "found", "{requests}");
        assert_eq!(joined["counts"]["exposure_unknown"], 0);
    }
    let line = format!("{line} --requests elsewhere.jsonl out.jsonl");
    let unknown = bench.json(&line);
    assert_eq!(
        unknown["counts"]["exposure_unknown"],
        unknown["counts"]["answers"]
    );
}

/// A log that must be whole has no failed requests: what was sampled before they failed is missing.
#[test]
fn failed_requests_are_no_part_of_a_whole_log() {
    let bench = batch();
    let failed =
        "{\"id\": \"99\", \"error\": {\"code\": \"content_filter\"}, \"partial\": \"some text\"}\n";
    let log = bench.read("marked.jsonl") + failed;
    bench.write("log.jsonl", log);
    bench.refused(
        "index make --first --key root.key --profile p.toml --out x log.jsonl",
        2,
        &["the request failed (content_filter)"],
    );
    bench.refused(
        "examine --decoys 0 --key root.key --profile p.toml --provider-log log.jsonl marked.jsonl",
        2,
        &["the request failed (content_filter)"],
    );
    let counted = bench.json("index make --key root.key --profile p.toml --out c log.jsonl");
    assert_eq!(counted["skipped"]["failed"], 1);
}

#[test]
fn what_cannot_be_joined_is_refused() {
    let bench = batch();
    let line = format!("examine --decoys 0 --key root.key --profile p.toml {FIELDS}");
    let requests = bench.read("in.jsonl");
    let (first, _) = requests.split_once('\n').unwrap();
    bench.write("one.jsonl", first);
    bench.write("few.jsonl", bench.read("out.jsonl").lines().next().unwrap());
    let few = bench.run(&format!(
        "--format json {line} --requests in.jsonl few.jsonl"
    ));
    let few: Value = serde_json::from_str(&few.stdout).unwrap();
    assert_eq!(few["skipped"]["unanswered"], 9);
    assert!(
        few["conditions"]
            .to_string()
            .contains("9 requests that were given")
    );
    bench.write("twice.jsonl", format!("{requests}{first}\n"));
    let twice = format!("{0}{0}", bench.read("out.jsonl"));
    bench.write("answers-twice.jsonl", twice);
    bench.write("unnamed.jsonl", "{\"body\": \"a\"}\n");
    bench.write("text.txt", "no request");
    let failed = bench
        .read("out.jsonl")
        .lines()
        .skip(1)
        .take(2)
        .collect::<Vec<_>>()
        .join("\n");
    bench.write("failed.jsonl", failed);
    for (end, says) in [
        (
            "--requests one.jsonl out.jsonl",
            ["out.jsonl:1", "none of the requests"],
        ),
        (
            "--requests twice.jsonl out.jsonl",
            ["twice.jsonl:", "second request"],
        ),
        (
            "--requests in.jsonl answers-twice.jsonl",
            ["answers-twice.jsonl:", "answered before"],
        ),
        (
            "--requests unnamed.jsonl out.jsonl",
            ["unnamed.jsonl:1: has no `custom_id`", "--field id="],
        ),
        (
            "--requests text.txt out.jsonl",
            ["text.txt", "no file of requests"],
        ),
        (
            "--requests in.jsonl text.txt",
            ["text.txt", "has no `custom_id`"],
        ),
        (
            "failed.jsonl",
            [
                "holds no answer: all 2 requests in it failed",
                "batch_expired",
            ],
        ),
    ] {
        bench.refused(&format!("{line} {end}"), 2, &says);
    }
}
