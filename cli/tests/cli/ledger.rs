//! Ledgers of serving engines, and the logs that become of them.

use crate::bench::Bench;
use serde_json::Value;

/// A ledger of a process that was killed: answers end in another order than they began, one did not end, one line is torn.
pub(crate) fn ledger(key: &str) -> String {
    let begin = |number: u32| {
        format!(
            "{{\"event\":\"begin\",\"id\":\"team7-{number}\",\"number\":{number},\"time\":1,\"cohort\":\"team7\",\"key\":\"{key}\",\"profile\":\"p\",\"prompt_tokens\":4,\"answer\":0}}\n"
        )
    };
    let end = |number: u32, tokens: &[u32], sent: bool| {
        let count = tokens.len();
        format!(
            "{{\"event\":\"end\",\"id\":\"team7-{number}\",\"number\":{number},\"time\":2,\"key\":\"{key}\",\"tokens\":{count},\"reason\":\"stop\",\"sent\":{sent},\"response_tokens\":{tokens:?}}}\n"
        )
    };
    let unmarked = "{\"event\":\"unmarked\",\"time\":3,\"profile\":\"p\",\"why\":\"off\",\"prompt_tokens\":1,\"tokens\":9,\"reason\":\"stop\",\"sent\":true}\n";
    [
        "{\"event\":\"open\",\"ledger\":1,\"time\":0}\n".to_owned(),
        begin(0),
        begin(1),
        begin(2),
        end(1, &[7, 8, 9], false),
        unmarked.to_owned(),
        "{\"event\":\"end\",\"id\":\"tea\n".to_owned(),
        "{\"event\":\"open\",\"ledger\":1,\"time\":5}\n".to_owned(),
        begin(4),
        end(0, &[5, 6], true),
        end(4, &[1, 2, 3], true),
    ]
    .concat()
}

fn bench() -> (Bench, String) {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --out p.toml");
    let id = bench.json("derive --key root.key --epoch e --cohort team7 --out team7.key");
    let key = id["key_id"].as_str().unwrap().to_owned();
    bench.write("ledger.jsonl", ledger(&key));
    (bench, key)
}

#[test]
fn what_is_there_and_what_is_missing() {
    let (bench, key) = bench();
    let said = bench.json("ledger ledger.jsonl");
    assert_eq!(said["schema"], "hallmark/ledger/1");
    let of = &said["keys"][0];
    assert_eq!(of["key_id"], Value::from(key));
    for (field, count) in [
        ("answers", 3),
        ("tokens", 8),
        ("unsent", 1),
        ("unfinished", 1),
        ("missing", 1),
        ("first", 0),
        ("last", 4),
    ] {
        assert_eq!(of[field], count, "{field}");
    }
    assert_eq!(said["torn_lines"], 1);
    assert_eq!(said["unmarked"]["off"], 1);
    let text = bench.ok("ledger ledger.jsonl").stdout;
    assert!(text.contains("1 began and did not end"), "{text}");
}

#[test]
fn a_log_is_what_an_index_of_first_visits_takes() {
    let (bench, key) = bench();
    bench.ok(&format!(
        "ledger ledger.jsonl --key-id {key} --out log.jsonl"
    ));
    let log = bench.read("log.jsonl");
    let ids: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone())
        .collect();
    assert_eq!(ids, ["team7-0", "team7-1", "team7-4"]);
    let index =
        bench.json("index make --first --key team7.key --profile p.toml --out log.first log.jsonl");
    // Two numbers between the first and the last have no answer.
    assert_eq!(index["missing"], 2, "{index}");
}

#[test]
fn what_is_no_ledger_is_refused() {
    let (bench, _) = bench();
    bench.write("text.jsonl", "{\"text\": \"words\"}\n");
    bench.refused("ledger text.jsonl", 2, &["text.jsonl:1"]);
    bench.refused("ledger ledger.jsonl ledger.jsonl", 2, &["twice"]);
    bench.refused(
        "ledger ledger.jsonl --out ledger.jsonl",
        2,
        &["one of the ledgers"],
    );
    let other = "ledger ledger.jsonl --out log.jsonl --key-id 0000000000000000";
    bench.refused(other, 2, &["the ledger has keys"]);
}
