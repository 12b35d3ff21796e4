//! Data as people bring it: damaged, dressed up, in other layouts, in halves.

use crate::bench::Bench;
use std::path::PathBuf;

/// A folder with the key and the profile of the files in `data/brought`.
fn bench() -> Bench {
    let bench = Bench::new();
    let key = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/records/example.key"
    );
    bench.foreign_key("native.key", std::fs::read_to_string(key).unwrap().trim());
    bench.ok("profile new --name native --out native.toml");
    bench
}

fn brought(name: &str) -> String {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/brought"));
    folder.join(name).display().to_string()
}

const NATIVE: &str = "--key native.key --profile native.toml";

/// How much a result finds.
fn log10_p(found: &serde_json::Value) -> f64 {
    let pooled = &found["pooled"];
    let unmarked = &pooled["log10_p_unmarked"];
    unmarked.as_f64().or(pooled["log10_p"].as_f64()).unwrap()
}

#[test]
fn text_prettified_on_its_way_is_noticed_and_comes_back() {
    let bench = bench();
    bench.foreign_key("sg.key", "integer:90125");
    bench.ok("profile new --scheme sglang-gumbel-v1 --name sg --out sg.toml");
    let detect = |name: &str, more: &str| {
        let file = brought(name);
        bench.json(&format!(
            "detect --key sg.key --profile sg.toml {more} {file}"
        ))
    };
    let plain = log10_p(&detect("plain.jsonl", ""));
    assert!(plain < -100.0, "{plain}");
    for (name, kind) in [
        ("non-breaking.jsonl", "spaces"),
        ("invisible.jsonl", "invisible"),
    ] {
        let dressed = detect(name, "");
        assert!(log10_p(&dressed) > -6.0, "{name}");
        assert_eq!(dressed["reading"]["dressed_answers"], 1, "{name}");
        let undone = detect(name, "--normalise");
        assert!(
            (log10_p(&undone) - plain).abs() < 1e-6,
            "{name}: {}",
            log10_p(&undone)
        );
        let reading = &undone["reading"];
        assert_eq!(reading["normalised"], true, "{name}");
        assert!(reading["dressed"][kind].as_u64().unwrap() > 40, "{reading}");
        let text = bench.ok(&format!(
            "detect --key sg.key --profile sg.toml {}",
            brought(name)
        ));
        assert!(
            text.stdout.contains("--normalise undoes them"),
            "{}",
            text.stdout
        );
        let diagnosed = bench.json(&format!(
            "doctor --key sg.key --profile sg.toml {}",
            brought(name)
        ));
        assert_eq!(diagnosed["cure"]["change"], "normalise", "{diagnosed}");
    }
}

#[test]
fn a_wrapper_that_is_no_text_is_left_out_in_every_verb() {
    let bench = bench();
    bench.foreign_key("kgw.key", "integer:15485863");
    bench.ok("profile new --scheme hf-kgw-lefthash --name kgw --out kgw.toml");
    let detect = |name: &str| {
        bench.json(&format!(
            "detect --key kgw.key --profile kgw.toml {}",
            brought(name)
        ))
    };
    let wrapped = detect("wrapped.txt");
    assert_eq!(log10_p(&wrapped), log10_p(&detect("unwrapped.txt")));
    assert_eq!(wrapped["reading"]["payload_characters"], 4001);
    // A published key says so.
    let warnings = wrapped["pooled"]["warnings"].to_string();
    assert!(warnings.contains("anyones-key"), "{warnings}");
    let made = bench.json(&format!(
        "index make --profile native.toml --unmarked --out x.index {}",
        brought("wrapped.txt")
    ));
    assert_eq!(made["windows"], 71);
}

#[test]
fn turns_without_text_are_passed_over_and_all_turns_can_be_asked_for() {
    let bench = bench();
    let detect =
        |name: &str, more: &str| bench.json(&format!("detect {NATIVE} {more} {}", brought(name)));
    let found = detect("ends-in-a-call.jsonl", "");
    assert!(
        found["counts"]["tokens"].as_u64().unwrap() >= 195,
        "{}",
        found["counts"]
    );
    let last = detect("ten-turns.jsonl", "");
    assert_eq!(
        (
            &last["counts"]["answers"],
            &last["reading"]["earlier_turns"]
        ),
        (&1.into(), &9.into())
    );
    let all = detect("ten-turns.jsonl", "--turns all");
    assert_eq!(all["counts"]["answers"], 10);
    assert!(
        log10_p(&all) < 8.0 * log10_p(&last),
        "{} {}",
        log10_p(&all),
        log10_p(&last)
    );
}

#[test]
fn other_layouts_and_roles_are_read_without_a_flag() {
    let bench = bench();
    for (name, layout, answers) in [
        ("other-roles.jsonl", "chat", 4),
        ("gemini.jsonl", "gemini", 1),
        ("responses.jsonl", "openai-responses", 2),
    ] {
        let found = bench.json(&format!("detect {NATIVE} {}", brought(name)));
        assert_eq!(found["reading"]["layouts"][layout], answers, "{name}");
        assert!(log10_p(&found) < -50.0, "{name}");
        assert_eq!(found["counts"]["exposure_unknown"], 0, "{name}");
    }
    let part = format!(
        "detect {NATIVE} --field response=contents.1.parts.0.text {}",
        brought("gemini.jsonl")
    );
    bench.refused(&part, 2, &["one of 2 parts of `parts`", "contents.1.parts"]);
}

#[test]
fn damage_in_a_place_that_does_not_matter_loses_nothing() {
    let bench = bench();
    let examined = bench.json(&format!(
        "examine --decoys 0 {NATIVE} {}",
        brought("half-characters.jsonl")
    ));
    assert_eq!(
        (
            &examined["counts"]["answers"],
            &examined["reading"]["half_characters"]
        ),
        (&5.into(), &3.into())
    );
    let joined = bench.json(&format!("detect {NATIVE} {}", brought("joined.jsonl")));
    assert!(
        joined["counts"]["answers"].as_u64().unwrap() >= 4,
        "{}",
        joined["counts"]
    );
    let gzip = bench.json(&format!("detect {NATIVE} {}", brought("gzip.parquet")));
    assert!(log10_p(&gzip) < -50.0);
    let nulls = bench.json(&format!(
        "detect {NATIVE} {}",
        brought("null-answer.parquet")
    ));
    assert_eq!(nulls["skipped"]["failed"], 1);
    assert!(
        nulls["skipped"]["causes"]
            .to_string()
            .contains("the answer is null")
    );
}

#[test]
fn a_share_of_skipped_records_stands_in_the_result() {
    let bench = bench();
    let line = format!(
        "examine --decoys 0 {NATIVE} --skip-bad 1000000 {}",
        brought("half-of-another-layout.jsonl")
    );
    let examined = bench.json(&line);
    assert_eq!(examined["skipped"]["share"], 0.5);
    let causes = examined["skipped"]["causes"].as_object().unwrap();
    assert_eq!(causes.values().collect::<Vec<_>>(), [6], "{causes:?}");
    for finding in examined["tests"].as_array().unwrap() {
        assert!(
            finding["warnings"].to_string().contains("records-skipped"),
            "{finding}"
        );
    }
    let text = bench.ok(&line).stdout;
    assert!(
        text.contains("50.0% of all")
            && text.contains("6 × fits no layout: it has `question`, `reply`"),
        "{text}"
    );
}

#[test]
fn a_text_beside_its_tokens_was_not_shown() {
    let bench = bench();
    let file = brought("text-and-tokens.jsonl");
    let usual = log10_p(&bench.json(&format!("detect {NATIVE} {file}")));
    assert!(usual < -300.0, "{usual}");
    let mapped = bench.json(&format!("detect {NATIVE} --field tokens=tokens {file}"));
    assert_eq!(log10_p(&mapped), usual);
    // Spelled by a grammar: the record's own tokens are those of the mark.
    let spelled = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/records/text-and-ids.jsonl"
    );
    let text = bench.json(&format!("detect {NATIVE} {spelled}"));
    assert_eq!(
        (
            &text["reading"]["with_ids"],
            &text["reading"]["cut_otherwise"]
        ),
        (&2.into(), &2.into())
    );
    let ids = bench.json(&format!("detect {NATIVE} --ids {spelled}"));
    assert!(log10_p(&ids) < -13.0 && log10_p(&text) > -3.0);
    assert!(
        ids["pooled"]["warnings"]
            .to_string()
            .contains("answers-as-tokens")
    );
}

#[test]
fn a_field_that_takes_the_evidence_away_is_named() {
    let bench = bench();
    let record = std::fs::read_to_string(brought("text-and-tokens.jsonl")).unwrap();
    let mut record: serde_json::Value =
        serde_json::from_str(record.lines().next().unwrap()).unwrap();
    record["raw_reply"] = record["text"].clone();
    bench.write("again.jsonl", format!("{record}\n"));
    let ran = bench.run(&format!("detect {NATIVE} again.jsonl"));
    assert_eq!(ran.status, 4);
    assert!(
        ran.stdout.contains("`raw_reply` holds the whole answer"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_document_of_few_cells_has_no_passages() {
    let bench = bench();
    let ran = bench.run(&format!(
        "--format json detect {NATIVE} {}",
        brought("short.jsonl")
    ));
    assert_eq!(ran.status, 4);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(found["documents"][0].get("located").is_none(), "{found}");
}

#[test]
fn what_a_key_says_by_itself_is_used() {
    let bench = bench();
    let numbers: Vec<String> = [
        38087, 55517, 12764, 59532, 63259, 35339, 60554, 23507, 30615, 3180, 43482, 32999, 14059,
        39456, 14530, 60132, 18909, 31816, 45379, 51316,
    ]
    .map(|number: u32| number.to_string())
    .to_vec();
    bench.foreign_key("twenty.key", &format!("integers:{}", numbers.join(",")));
    bench.ok("profile new --scheme hf-synthid --name thirty --out thirty.toml");
    let file = brought("twenty-layers.jsonl");
    let found = bench.json(&format!("scan --scheme all --key twenty.key {file}"));
    assert_eq!(found["found"][0]["profile"]["layers"], 20, "{found}");
    let diagnosed = bench.json(&format!(
        "doctor --key twenty.key --profile thirty.toml {file}"
    ));
    assert_eq!(diagnosed["diagnosis"], "healthy", "{diagnosed}");
    bench.foreign_key("two.key", "integer:7001");
    bench.ok("profile new --scheme vllm-dual-v1 --share 0.9 --name vd --out vd.toml");
    let shared = bench.json(&format!(
        "doctor --key two.key --profile vd.toml {}",
        brought("share.jsonl")
    ));
    let cure = &shared["cure"];
    assert_eq!(cure["what"], "a share of 0.1", "{cure}");
}

#[test]
fn a_key_in_place_of_its_files_name_is_never_repeated() {
    let bench = bench();
    let secret = "30ea7133dbe114e399bff4c1b8eb0f328a8c0e05d9865613b13f62680e22382f";
    for key in [
        format!("hallmark-root-1:{secret}:dfaa7f7d"),
        secret.to_owned(),
        format!("hex:{secret}"),
        "integer:4242".to_owned(),
    ] {
        let ran = bench.run(&format!(
            "detect --key {key} --profile native.toml {}",
            brought("short.jsonl")
        ));
        assert_eq!(ran.status, 2);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            said.contains("a key was given where the name of its file belongs"),
            "{said}"
        );
        assert!(
            !said.contains("30ea7133") && !said.contains("4242"),
            "{said}"
        );
    }
}

/// Strings that do not spell the answer are read by the alphabet they are in, or named; an answer without log-probabilities ends nothing.
#[test]
fn log_probabilities_are_read_as_they_come_or_said_to_be_unread() {
    let bench = bench();
    let examine = |name: &str, more: &str| {
        let file = brought(name);
        bench.json(&format!(
            "examine --decoys 0 {NATIVE} {more} --logprobs {file} {file}"
        ))
    };
    let t9 = |examined: &serde_json::Value| {
        let tests = examined["tests"].as_array().unwrap();
        let t9 = tests
            .iter()
            .find(|finding| finding["test"] == "T9")
            .unwrap();
        t9["log10_p"].as_f64().unwrap()
    };
    let plain = t9(&examine("plain-logprobs.jsonl", ""));
    assert!(plain < -50.0, "{plain}");
    let alphabet = examine("byte-alphabet.jsonl", "");
    assert!((t9(&alphabet) - plain).abs() < 1.0, "{}", t9(&alphabet));
    let ids = examine("token-id.jsonl", "");
    assert_eq!(ids["logprobs"]["unspelled"], 1, "{}", ids["logprobs"]);
    assert!((t9(&examine("token-id.jsonl", "--ids")) - plain).abs() < 1.0);
    let refused = examine("refusal-between.jsonl", "");
    assert_eq!(refused["logprobs"]["without"], 1, "{}", refused["logprobs"]);
}
