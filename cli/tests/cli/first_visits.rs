//! `index make --first` and `examine --first-visits`: what a log of first visits must be, and what is said of one that is not.

use crate::bench::{Bench, check_schema};
use serde_json::{Value, json};

/// A folder with the log of a cohort's key, as it was sampled, and answers of somebody else.
fn logged() -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("derive --key root.key --epoch e --cohort c --out c.key");
    bench.ok("derive --key root.key --epoch e --cohort other --out other.key");
    bench.ok("profile new --out p.toml");
    bench.ok("mark --key c.key --profile p.toml --tokens 8000 --seed 3 --out log.jsonl");
    bench.ok("mark --unmarked --profile p.toml --tokens 4000 --seed 4 --out answers.jsonl");
    bench
}

fn records(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn write(bench: &Bench, name: &str, records: impl IntoIterator<Item = Value>) {
    let lines: String = records
        .into_iter()
        .map(|record| format!("{record}\n"))
        .collect();
    bench.write(name, lines);
}

fn t3r(bench: &Bench, line: &str) -> Value {
    let ran = bench.run(&format!("--format json examine --decoys 0 {line}"));
    let examined: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    check_schema(&examined);
    let tests = examined["tests"].as_array().unwrap();
    let mut own = tests.iter().filter(|finding| finding["test"] == "T3r");
    own.next().cloned().unwrap_or(Value::Null)
}

const MAKE: &str = "index make --first --key c.key --profile p.toml";
const EXAMINE: &str = "--key c.key --profile p.toml --first-visits c.first";

/// Marked answers of other prompts come from the key itself: T3r sees it; unmarked ones do not show it.
#[test]
fn a_log_is_read_by_its_first_visits() {
    let bench = logged();
    let made = bench.json(&format!("{MAKE} --out c.first log.jsonl"));
    assert_eq!(made["counting"], "first-visits");
    assert_eq!(
        (&made["as_sampled"], &made["in_order"]),
        (&json!(true), &json!(true))
    );
    assert!(made["made"].as_u64().unwrap() > 1_700_000_000);
    assert_eq!(made["sources_sha256"].as_str().unwrap().len(), 64);
    // Every answer of n tokens has n − 1 windows of two, the one behind its last token among them.
    let tokens: u64 = records(&bench.read("log.jsonl"))
        .iter()
        .map(|record| record["tokens"].as_array().unwrap().len() as u64 - 1)
        .sum();
    assert_eq!(made["windows"], tokens);
    let shown = bench.ok("index show c.first").stdout;
    assert!(
        shown.contains(
            "visited first, of tokens as they were sampled, in ascending order without a gap"
        ),
        "{shown}"
    );

    let innocent = t3r(&bench, &format!("{EXAMINE} answers.jsonl"));
    assert_eq!(innocent["weights"], "first-visits");
    assert_eq!(innocent["unproven"], Value::Null);
    assert!(innocent["log10_p"].as_f64().unwrap() > -3.0, "{innocent}");
    assert_eq!(innocent["windows_read"], tokens);

    bench.ok("mark --key c.key --profile p.toml --tokens 4000 --seed 9 --out own.jsonl");
    let own = t3r(&bench, &format!("{EXAMINE} own.jsonl"));
    assert!(own["log10_p"].as_f64().unwrap() < -20.0, "{own}");

    // With a background and a control sample.
    bench.ok("index make --unmarked --profile p.toml --out b.index answers.jsonl");
    bench.ok("mark --unmarked --profile p.toml --tokens 4000 --seed 5 --out control.jsonl");
    let both = "--background b.index --reference control.jsonl";
    let own = t3r(&bench, &format!("{EXAMINE} {both} own.jsonl"));
    assert!(own["log10_p"].as_f64().unwrap() < -20.0, "{own}");
    assert_eq!(own["counts"]["expectation"], "reference");
    assert!(own["background_windows"].as_u64().unwrap() > 0);
    let words = bench
        .ok(&format!("examine --decoys 0 {EXAMINE} {both} own.jsonl"))
        .stdout;
    assert!(
        words.contains("T3r own log") && words.contains("first visits their window"),
        "{words}"
    );
    assert!(
        words.contains("older than the tested key's first use"),
        "{words}"
    );
}

#[test]
fn a_log_that_is_none_is_refused_or_named() {
    let bench = logged();
    let log = records(&bench.read("log.jsonl"));
    let text = log.iter().map(
        |record| json!({ "id": record["id"], "prompt": record["prompt"], "text": record["text"] }),
    );
    write(&bench, "text.jsonl", text);
    let unnumbered = log
        .iter()
        .map(|record| json!({ "tokens": record["tokens"] }));
    write(&bench, "unnumbered.jsonl", unnumbered);
    write(&bench, "reversed.jsonl", log.iter().rev().cloned());
    bench.refused(
        &format!("{MAKE} --out x text.jsonl"),
        2,
        &["text.jsonl:1", "as they were sampled", "--as-read"],
    );
    bench.refused(
        &format!("{MAKE} --out x unnumbered.jsonl"),
        2,
        &["unnumbered.jsonl:1: it has no id", "--field id="],
    );
    bench.refused(
        &format!("{MAKE} --out x reversed.jsonl"),
        2,
        &[
            "reversed.jsonl:2: its id \"39\" is not above",
            "order in which requests came in",
        ],
    );
    bench.refused(
        &format!("{MAKE} --out x log.jsonl log.jsonl"),
        2,
        &["log.jsonl:1: its id \"1\""],
    );
    bench.refused(
        &format!("{MAKE} --skip-bad 3 --out x log.jsonl"),
        2,
        &["--skip-bad"],
    );
    bench.refused(
        "index make --first --unmarked --profile p.toml --out x log.jsonl",
        2,
        &["--unmarked"],
    );
    bench.refused(
        "index make --as-read --key c.key --profile p.toml --out x log.jsonl",
        2,
        &["--first"],
    );
    assert!(!bench.path("x").exists());

    for file in ["text.jsonl", "reversed.jsonl"] {
        let index = format!("{file}.first");
        let made = bench.json(&format!("{MAKE} --as-read --out {index} {file}"));
        assert_eq!(
            (&made["as_sampled"], &made["in_order"]),
            (&json!(false), &json!(false))
        );
        let line = format!("--key c.key --profile p.toml --first-visits {index} answers.jsonl");
        assert_eq!(t3r(&bench, &line)["unproven"], json!(["log-as-sampled"]));
    }
}

#[test]
fn counts_and_first_visits_are_not_taken_for_each_other() {
    let bench = logged();
    bench.ok(&format!("{MAKE} --out c.first log.jsonl"));
    bench.ok("index make --key c.key --profile p.toml --out c.index log.jsonl");
    let examine = "examine --profile p.toml --decoys 0";
    bench.refused(
        &format!("{examine} --key c.key --harvest c.first answers.jsonl"),
        2,
        &["holds first visits", "--first-visits"],
    );
    bench.refused(
        &format!("{examine} --key c.key --first-visits c.index answers.jsonl"),
        2,
        &["no first visits", "--first"],
    );
    bench.refused(
        &format!("{examine} --key other.key --first-visits c.first answers.jsonl"),
        2,
        &["no tested key marked", "--harvest"],
    );
    bench.refused(
        &format!(
            "{examine} --key c.key --first-visits c.first --first-visits c.first answers.jsonl"
        ),
        2,
        &["second log of one key"],
    );
    bench.refused(
        "probe --log log.jsonl --index c.first --count 3 --seed 1 --out q.jsonl",
        2,
        &["holds first visits"],
    );
    // SGLang's function takes a hash of the window: its tokens do not tell which input was consumed.
    bench.foreign_key("s.key", "hex:9f0c2a7716e5b3d4");
    bench.ok("profile new --scheme sglang-gumbel-v1 --window 2 --out s.toml");
    bench.ok("mark --key s.key --profile s.toml --tokens 2000 --seed 3 --out s.jsonl");
    bench.ok("index make --first --key s.key --profile s.toml --out s.first s.jsonl");
    bench.refused(
        "examine --key s.key --profile s.toml --first-visits s.first s.jsonl",
        2,
        &["T3r cannot be made of sglang-gumbel-v1"],
    );
}
