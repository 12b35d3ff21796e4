//! `twins` from the seed to the finding.

use crate::bench::Bench;
use serde_json::{Value, json};
use std::fmt::Write as _;

const OPENED: &str = "--seed seed/twins.json --opening seed/twins.opening";

/// A seed, 400 requests, and the twins of those that were drawn.
fn served() -> (Bench, Vec<Value>) {
    let bench = Bench::new();
    bench.key("root.key");
    let made = bench.json("twins commit --key root.key --name 2026q4 --share 0.5 --out seed");
    assert_eq!(made["schema"], "hallmark/twins/1");
    let ids: String = (0..400).map(|k| format!("r{k}\n")).collect();
    bench.write("ids", &ids);
    let drawn = bench.json(&format!("twins draw {OPENED} ids"));
    assert_eq!(drawn["requests"], 400);
    let requests = drawn["drawn"].as_array().unwrap().clone();
    assert!((150..250).contains(&requests.len()), "{}", requests.len());
    let human = bench.ok(&format!("twins draw {OPENED} ids")).stdout;
    assert!(human.starts_with(&format!(
        "{}\t{}\n",
        requests[0]["id"].as_str().unwrap(),
        requests[0]["send"].as_str().unwrap()
    )));
    let mut twins = String::new();
    for (request, account) in requests.iter().zip(["a", "b"].iter().cycle()) {
        let id = request["id"].as_str().unwrap();
        let line = json!({
            "id": id, "account": account, "a": format!("one answer to {id}"), "b": format!("two answers to {id}"),
            "sent": request["send"],
        });
        writeln!(twins, "{line}").unwrap();
    }
    bench.write("twins.jsonl", twins);
    let line = format!("twins commit {OPENED} --twins twins.jsonl --requests ids --out table");
    let made = bench.json(&line);
    assert_eq!(made["table"]["pairs"], requests.len());
    assert_eq!(made["table"]["without_twins"], 0);
    (bench, requests)
}

/// Scores of a suspect that leans towards what was sent in `of` of seven pairs.
fn scores(bench: &Bench, requests: &[Value], of: usize) {
    let mut text = String::new();
    for (at, request) in requests.iter().enumerate() {
        let is_ahead = at % 7 < of;
        let a = (request["send"] == "a") == is_ahead;
        let line = json!({"id": request["id"], "a": if a { 1.5 } else { 1.0 }, "b": if a { 1.0 } else { 1.5 }});
        writeln!(text, "{line}").unwrap();
    }
    bench.write("scores", text);
}

#[test]
fn what_was_sent_is_found_and_what_was_not_is_not() {
    let (bench, requests) = served();
    let test = "twins test table --opening seed/twins.opening --scores scores";
    scores(&bench, &requests, 6);
    let tested = bench.json(&format!("{test} --every-account"));
    assert_eq!(tested["outcome"], "found");
    assert_eq!(tested["findings"].as_array().unwrap().len(), 3);
    assert_eq!(tested["findings"][0]["named"], true);
    assert_eq!(tested["conditions"].as_array().unwrap().len(), 8);
    let human = bench.ok(test).stdout;
    for part in [
        "FOUND",
        "all accounts: the sent twin is ahead",
        "sign test",
        "for a person to show",
    ] {
        assert!(human.contains(part), "{human}");
    }
    scores(&bench, &requests, 4);
    let human = bench.ok(&format!("{test} --account a")).stdout;
    assert!(
        human.starts_with("NOT FOUND") && human.contains("account a:"),
        "{human}"
    );
    bench.refused(
        &format!("{test} --account z"),
        2,
        &["account \"z\" has no twins"],
    );
    bench.refused(&format!("{test} --alpha 2"), 2, &["a level of 2"]);
    bench.write("scores", "");
    assert_eq!(bench.run(test).status, 4);
}

#[test]
fn what_does_not_fit_is_refused_and_logs_hold_both() {
    let (bench, requests) = served();
    scores(&bench, &requests, 4);
    bench.refused(
        "twins commit --key root.key --name x --share 1.5 --out other",
        2,
        &["a share of 1.5"],
    );
    bench.refused("twins commit --out other", 2, &["--key"]);
    bench.ok("twins commit --key root.key --name other --share 0.5 --out other");
    bench.refused(
        "twins test table --opening other/twins.opening --scores scores",
        3,
        &["does not open"],
    );
    let table = bench.read("table/table.jsonl");
    bench.write(
        "table/table.jsonl",
        table.replacen("\"account\":\"a\"", "\"account\":\"b\"", 1),
    );
    bench.refused(
        "twins test table --opening seed/twins.opening --scores scores",
        3,
        &["table.jsonl", "not the table that was committed to"],
    );
    bench.ok("keygen --signing --out log.pem");
    bench.ok("twins commit --key root.key --name logged --share 0.5 --tlog log --tlog-key log.pem --out logged");
    assert!(bench.path("logged/twins.tlog-proof").is_file());
    let entry = bench.ok("tlog entry logged/twins.json").stdout;
    assert!(
        entry.starts_with("hallmark-log-entry-1\ntwins\n"),
        "{entry}"
    );
}
