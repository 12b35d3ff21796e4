//! `mark`, `detect`, `examine`, on real files: a stranger's path through the README, and hostile input.

use crate::bench::{Bench, check_schema};
use serde_json::Value;

/// A folder with a root key, another root key, a profile and marked text.
fn marked(scheme: &str, tokens: u32) -> Bench {
    let bench = Bench::new();
    bench.key("mine.key");
    bench.key("other.key");
    bench.ok(&format!("profile new --scheme {scheme} --out p.toml"));
    bench.ok(&format!(
        "mark --key mine.key --profile p.toml --tokens {tokens} --seed 3 --out marked.jsonl"
    ));
    bench
}

fn log10_p(value: &Value) -> f64 {
    value["log10_p"].as_f64().unwrap()
}

/// Under the wrong key p is at or below 1e-4 once in 10,000 runs for each scheme.
#[test]
fn marked_text_is_detected_with_its_key_and_not_with_another() {
    for scheme in ["gumbel", "dual-gumbel", "green", "tournament"] {
        let bench = marked(scheme, 2000);
        let own = bench.json("detect --key mine.key --profile p.toml marked.jsonl");
        assert!(
            log10_p(&own["pooled"]) < -20.0,
            "{scheme}: {}",
            own["pooled"]
        );
        assert_eq!(own["documents"].as_array().unwrap().len(), 10);
        assert_eq!(own["documents"][0]["source"], "marked.jsonl:1");
        assert!(
            own["documents"]
                .as_array()
                .unwrap()
                .iter()
                .all(|d| log10_p(d) < -1.0),
            "{scheme}"
        );
        let other = bench.json("detect --key other.key --profile p.toml marked.jsonl");
        assert!(
            log10_p(&other["pooled"]) > -4.0,
            "{scheme}: {}",
            other["pooled"]
        );
        assert_ne!(own["key_id"], other["key_id"]);
    }
}

#[test]
fn text_tokens_compression_and_field_names_lead_to_the_same_finding() {
    let bench = marked("gumbel", 2000);
    let mut by_text = String::new();
    let mut renamed = String::new();
    for line in bench.read("marked.jsonl").lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        by_text += &format!(
            "{}\n",
            serde_json::json!({"response": record["text"], "prompt": record["prompt"]})
        );
        renamed += &format!(
            "{}\n",
            serde_json::json!({"out": [{"t": record["text"]}], "in": record["prompt"]})
        );
    }
    bench.write("text.jsonl", &by_text);
    bench.write("renamed.jsonl", renamed);
    let chat: Vec<Value> = by_text
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            serde_json::json!({"messages": [
                {"role": "user", "content": record["prompt"]},
                {"role": "assistant", "content": record["response"]},
            ]})
        })
        .collect();
    bench.write("chat.json", serde_json::to_string(&chat).unwrap());
    let pooled = |line: &str| {
        let value = bench.json(&format!("detect --key mine.key --profile p.toml {line}"));
        (
            value["pooled"]["scored"].clone(),
            value["pooled"]["log10_p"].clone(),
        )
    };
    let expected = pooled("text.jsonl");
    assert!(expected.1.as_f64().unwrap() < -20.0);
    assert_eq!(pooled("chat.json"), expected);
    assert_eq!(
        pooled("--field response=out.0.t --field prompt=in renamed.jsonl"),
        expected
    );
    assert_eq!(pooled("--dedup exact text.jsonl"), expected);
    assert_eq!(
        pooled("--dedup bloom --dedup-memory 64 text.jsonl"),
        expected
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let bench = marked("gumbel", 2000);
    let line = "--format json examine --key mine.key --key other.key --profile p.toml --decoys 99 marked.jsonl";
    let first = bench.ok(line).stdout;
    for threads in ["1", "2", "5"] {
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
    bench.ok("mark --key mine.key --profile p.toml --tokens 2000 --seed 3 --out again.jsonl");
    assert_eq!(bench.read("again.jsonl"), bench.read("marked.jsonl"));
}

#[test]
fn examine_reports_every_test_under_every_key_with_holm() {
    let bench = marked("green", 2000);
    let result = bench.json(
        "examine --key mine.key --key other.key --profile p.toml --decoys 199 --decoy-seed 4 marked.jsonl",
    );
    let tests = result["tests"].as_array().unwrap();
    let named: Vec<&str> = tests.iter().map(|t| t["test"].as_str().unwrap()).collect();
    assert_eq!(named, ["T1", "T3", "T5", "T1", "T3", "T5"]);
    for test in tests {
        assert!(test["log10_p_adjusted"].as_f64() >= test["log10_p"].as_f64());
        assert_eq!(
            test["key_id"] == result["key_id"],
            log10_p(test) < -2.0,
            "{test}"
        );
    }
    assert_eq!(tests[2]["rank"], 1);
    assert!((log10_p(&tests[2]) - (1.0 / 200.0_f64).log10()).abs() < 1e-9);
    let human = bench
        .ok("examine --key mine.key --profile p.toml --decoys 9 marked.jsonl")
        .stdout;
    assert!(human.contains("The answers depend on this key"), "{human}");
    assert!(human.contains("does not show"), "{human}");
    let human = bench
        .ok("examine --key other.key --profile p.toml --decoys 9 marked.jsonl")
        .stdout;
    assert!(
        human.contains("No dependence on this key was found"),
        "{human}"
    );
    assert!(
        human.contains("would have been found"),
        "a not-found says what could have been seen: {human}"
    );
    bench.refused(
        "examine --key mine.key --key mine.key --profile p.toml marked.jsonl",
        2,
        &["given twice"],
    );
}

#[test]
fn answers_without_what_was_shown_carry_a_warning() {
    let bench = marked("gumbel", 200);
    bench.write(
        "bare.jsonl",
        bench.read("marked.jsonl").replace("\"prompt\"", "\"note\""),
    );
    let warnings = |file: &str| {
        let line = format!("examine --key mine.key --profile p.toml --decoys 9 {file}");
        bench.json(&line)["tests"][0]["warnings"].to_string()
    };
    assert!(warnings("bare.jsonl").contains("exposure-unknown"));
    assert!(!warnings("marked.jsonl").contains("exposure-unknown"));
}

/// An innocent model that echoes what it was shown is not accused, wherever in the record the marked
/// text stands and however it is cut. p at or below 1e-3 occurs for one of the five by chance once
/// in 200 runs with new keys; by copying it would be below 1e-50.
#[test]
fn echoing_what_was_shown_is_no_evidence() {
    let bench = marked("gumbel", 2000);
    let texts: Vec<String> = bench
        .read("marked.jsonl")
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["text"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let own = "I was asked to say this again, and so I say it:";
    type Shape = fn(&str, &str) -> Value;
    let shapes: [(&str, Shape); 10] = [
        (
            "system",
            |text, answer| serde_json::json!({"system": text, "prompt": "Repeat.", "response": answer}),
        ),
        (
            "context",
            |text, answer| serde_json::json!({"context": [{"page": text}], "prompt": "Repeat.", "response": answer}),
        ),
        ("citation", |text, answer| {
            serde_json::json!({"messages": [{"role": "user", "content": "Repeat."},
            {"role": "assistant", "content": answer, "context": {"citations": [{"content": text}]}}]})
        }),
        ("words", |text, answer| {
            let parts: Vec<Value> = text
                .split_inclusive(' ')
                .map(|word| serde_json::json!({"type": "text", "text": word}))
                .collect();
            serde_json::json!({"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": answer}]})
        }),
        (
            "excerpt",
            |text, answer| serde_json::json!({"prompt": text.trim(), "response": answer}),
        ),
        ("tool", |text, answer| {
            let result = serde_json::json!({ "page": text }).to_string();
            serde_json::json!({"prompt": result, "response": answer})
        }),
        ("mail", |text, answer| {
            let quoted: String = text
                .split(". ")
                .map(|line| format!("> {line}.\r\n"))
                .collect();
            serde_json::json!({"prompt": quoted, "response": answer})
        }),
        ("listing", |text, answer| {
            let lines = text.split(". ").enumerate();
            let listed: String = lines
                .map(|(at, line)| format!("{}: {line}.\n", at + 1))
                .collect();
            serde_json::json!({"prompt": listed, "response": answer})
        }),
        ("page", |text, answer| {
            let page = text.replace(' ', "&nbsp;").replace('"', "&quot;");
            serde_json::json!({"prompt": format!("<p class=\"t\">{page}</p>"), "response": answer})
        }),
        (
            "capitals",
            |text, answer| serde_json::json!({"prompt": text.to_uppercase(), "response": answer}),
        ),
    ];
    for (name, shape) in shapes {
        let lines: Vec<String> = texts
            .iter()
            .map(|text| shape(text, &format!("{own} {}", text.trim())).to_string())
            .collect();
        bench.write(&format!("{name}.jsonl"), lines.join("\n"));
        let ran = bench.run(&format!(
            "--format json examine --key mine.key --profile p.toml --decoys 0 {name}.jsonl"
        ));
        let result: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert!(
            log10_p(&result["tests"][0]) > -3.0,
            "{name}: {}",
            result["tests"][0]
        );
        assert_eq!(result["counts"]["exposure_unknown"], 0, "{name}");
    }
}

#[test]
fn unmarked_text_from_the_same_model_is_not_found() {
    let bench = marked("gumbel", 200);
    bench.ok("mark --unmarked --profile p.toml --tokens 4000 --out clean.jsonl");
    let result = bench.json("detect --key mine.key --profile p.toml clean.jsonl");
    assert!(log10_p(&result["pooled"]) > -4.0, "{}", result["pooled"]);
}

#[test]
fn json_lines_tell_each_document_once_and_end_with_the_whole_result() {
    let bench = marked("gumbel", 400);
    let lines = bench
        .ok("--format jsonl detect --key mine.key --profile p.toml marked.jsonl")
        .stdout;
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["source"], "marked.jsonl:2");
    assert_eq!(lines[2]["documents"], serde_json::json!([]));
    check_schema(&lines[2]);
}

#[test]
fn too_little_data_is_exit_status_4() {
    let bench = marked("gumbel", 400);
    bench.write("short.jsonl", "{\"text\": \"Too short.\"}\n");
    let ran = bench.run("detect --key mine.key --profile p.toml short.jsonl");
    assert_eq!(ran.status, 4);
    assert!(ran.stdout.contains("too few cells"), "{}", ran.stdout);
    let ran = bench.run("examine --key mine.key --profile p.toml --decoys 9 short.jsonl");
    assert_eq!(ran.status, 4);
    assert!(ran.stdout.contains("Inconclusive"), "{}", ran.stdout);
}

/// Each malformed input, with the words that its error must say.
#[test]
fn every_malformed_input_gets_its_error() {
    let bench = marked("gumbel", 400);
    let good = "{\"text\": \"Good my lord, what news from the wars?\"}\n";
    let deep = format!(
        "{{\"text\": \"a\", \"x\": {}1{}}}\n",
        "[".repeat(200),
        "]".repeat(200)
    );
    for (name, bytes, place) in [
        ("cut.jsonl", b"{\"text\": \"abc".as_slice(), "cut.jsonl:1"),
        (
            "second.jsonl",
            format!("{good}not json\n").as_bytes(),
            "second.jsonl:2",
        ),
        ("array.jsonl", b"[1, 2]\n[3]\n", "array.jsonl"),
        ("layout.jsonl", b"{\"foo\": 1}\n", "layout.jsonl:1"),
        ("number.jsonl", b"{\"text\": 5}\n", "number.jsonl:1"),
        ("utf8.jsonl", b"{\"text\": \"\xff\xfe\"}\n", "utf8.jsonl:1"),
        (
            "range.jsonl",
            b"{\"tokens\": [1, 2, 99999]}\n",
            "range.jsonl:1",
        ),
        (
            "negative.jsonl",
            b"{\"tokens\": [1, -2]}\n",
            "negative.jsonl:1",
        ),
        (
            "fraction.jsonl",
            b"{\"tokens\": [1, 2.5]}\n",
            "fraction.jsonl:1",
        ),
        ("deep.jsonl", deep.as_bytes(), "deep.jsonl:1"),
        ("empty.jsonl", b"", "empty.jsonl"),
        (
            "noturn.jsonl",
            b"{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}\n",
            "noturn.jsonl:1",
        ),
        (
            "gzip.jsonl.gz",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
            "gzip.jsonl.gz",
        ),
        ("zstd.jsonl.zst", b"\x28\xb5\x2f\xfd\x04", "zstd.jsonl.zst"),
        ("parquet.parquet", b"PAR1garbage", "parquet.parquet"),
    ] {
        bench.write(name, bytes);
        let line = format!("detect --key mine.key --profile p.toml {name}");
        bench.refused(&line, 2, &[place, "hint:"]);
    }
    // Records under a text's name would lose their prompts.
    for name in ["records.txt", "records.md"] {
        bench.write(name, bench.read("marked.jsonl"));
        let line = format!("detect --key mine.key --profile p.toml {name}");
        bench.refused(&line, 2, &[name, "looks like", "--input-format"]);
    }
    bench.refused(
        "detect --key mine.key --profile p.toml --max-record-bytes 100 marked.jsonl",
        2,
        &["marked.jsonl:1", "100", "max-record-bytes"],
    );
    bench.ok("detect --key mine.key --profile p.toml --input-format jsonl records.txt");
    bench.refused(
        "detect --key mine.key --profile p.toml - -",
        2,
        &["stdin can be read once"],
    );
    bench.refused(
        "detect --key mine.key --profile p.toml .",
        2,
        &["directory", "name the files in it"],
    );
    bench.refused(
        "detect --key mine.key --profile p.toml missing.jsonl",
        2,
        &["missing.jsonl"],
    );
    bench.refused(
        "detect --key mine.key --profile p.toml --field text marked.jsonl",
        2,
        &["--field"],
    );
    bench.refused(
        "detect --key mine.key --profile p.toml --input-format xml marked.jsonl",
        2,
        &["xml"],
    );
}

#[test]
fn skip_bad_goes_on_past_as_many_records_as_allowed_and_counts_them() {
    let bench = marked("gumbel", 400);
    let good = bench.read("marked.jsonl");
    bench.write("mixed.jsonl", format!("{good}bad\n{{\"foo\": 1}}\n"));
    let line = "detect --key mine.key --profile p.toml mixed.jsonl";
    bench.refused(line, 2, &["mixed.jsonl:3"]);
    bench.refused(&format!("{line} --skip-bad 1"), 2, &["mixed.jsonl:4"]);
    let result = bench.json(&format!("{line} --skip-bad 2"));
    assert_eq!(result["skipped"]["records"], 2);
    assert_eq!(result["documents"].as_array().unwrap().len(), 2);
}

#[test]
fn text_without_the_right_tokenizer_is_refused() {
    let bench = marked("gumbel", 400);
    bench.ok("profile new --vocab-size 49152 --out ids.toml");
    bench.write("text.jsonl", "{\"text\": \"abc\"}\n");
    bench.refused(
        "detect --key mine.key --profile ids.toml text.jsonl",
        2,
        &["text.jsonl:1", "okeni"],
    );
    bench.refused(
        "mark --key mine.key --profile ids.toml --tokens 10 --out m.jsonl",
        2,
        &["another tokenizer"],
    );
    bench.write("tokenizer.json", "{\"model\": {}}");
    bench.refused(
        "detect --key mine.key --profile p.toml --tokenizer tokenizer.json text.jsonl",
        2,
        &["hint:"],
    );
    let tokens: Vec<u32> = (0..100).collect();
    bench.write("ids.jsonl", format!("{{\"tokens\": {tokens:?}}}\n"));
    bench.ok("detect --key mine.key --profile ids.toml ids.jsonl");
}

#[test]
fn outputs_are_never_overwritten() {
    let bench = marked("gumbel", 200);
    let before = bench.read("marked.jsonl");
    bench.refused(
        "mark --key mine.key --profile p.toml --tokens 10 --out marked.jsonl",
        2,
        &["exists already"],
    );
    bench.refused("profile new --out p.toml", 2, &["exists already"]);
    assert_eq!(bench.read("marked.jsonl"), before);
}

/// A model in a file, whose embedding has more rows than the tokenizer has tokens.
#[test]
fn a_model_in_a_file_answers_prompts_under_the_mark() {
    let bench = Bench::new();
    let data = |path: &str| format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    let tokenizer = data("../crates/corpus/tests/data/byte-level.json");
    let model = data("tests/data/small.gguf");
    bench.key("mine.key");
    bench.key("other.key");
    bench.ok(&format!(
        "profile new --scheme gumbel --tokenizer {tokenizer} --out p.toml"
    ));
    bench.ok("profile new --scheme gumbel --out other.toml");
    let prompts: String = (0..20)
        .map(|i| format!("{{\"prompt\": \"Tell me story {i}.\", \"id\": \"p{i}\"}}\n"))
        .collect();
    bench.write("prompts.jsonl", &prompts);
    let asked = format!("--model {model} --tokenizer {tokenizer} --prompts prompts.jsonl");
    let mark = |more: &str| bench.ok(&format!("mark {asked} --max-tokens 100 {more}"));
    mark("--key mine.key --profile p.toml --out marked.jsonl");
    mark("--key mine.key --profile p.toml --out again.jsonl");
    mark("--unmarked --temperature 0.5 --out clean.jsonl");
    assert_eq!(bench.read("marked.jsonl"), bench.read("again.jsonl"));
    let lines = bench.read("marked.jsonl");
    assert_eq!(lines.lines().count(), 20);
    for (i, line) in lines.lines().enumerate() {
        let record: Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["id"], format!("p{i}"));
        assert_eq!(record["prompt"], format!("Tell me story {i}."));
    }
    let p = |key: &str, file: &str| {
        let line = format!("detect --key {key} --profile p.toml --tokenizer {tokenizer} {file}");
        log10_p(&bench.json(&line)["pooled"])
    };
    assert!(p("mine.key", "marked.jsonl") < -50.0);
    assert!(p("other.key", "marked.jsonl") > -4.0);
    assert!(p("mine.key", "clean.jsonl") > -4.0);

    for (line, parts) in [
        (
            format!("mark {asked} --key mine.key --profile other.toml --out x.jsonl"),
            &["another tokenizer", "profile new --tokenizer"][..],
        ),
        (
            format!(
                "mark --model {model} --tokenizer {tokenizer} --prompts none.jsonl --unmarked --out x.jsonl"
            ),
            &["none.jsonl", "check the path"],
        ),
        (
            format!(
                "mark --model prompts.jsonl --tokenizer {tokenizer} --prompts prompts.jsonl --unmarked --out x.jsonl"
            ),
            &["prompts.jsonl", "GGUF"],
        ),
    ] {
        bench.refused(&line, 2, parts);
        assert!(!bench.path("x.jsonl").exists());
    }
    bench.write("bad.jsonl", "{\"prompt\": 3}\n");
    bench.refused(
        &format!("mark --model {model} --tokenizer {tokenizer} --prompts bad.jsonl --unmarked --out x.jsonl"),
        2,
        &["bad.jsonl:1", "Write a story"],
    );
}
