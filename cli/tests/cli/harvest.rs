//! `index` and `probe`: from a log to an index to prompts, and every way in which they say no.

use crate::bench::{Bench, check_schema};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// A folder with a cohort key, a profile and a marked log of 20 answers.
fn logged() -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("derive --key root.key --epoch e --cohort c --out c.key");
    bench.ok("profile new --out p.toml");
    bench.ok("mark --key c.key --profile p.toml --tokens 4000 --seed 3 --out log.jsonl");
    bench.ok("mark --unmarked --profile p.toml --tokens 4000 --seed 4 --out plain.jsonl");
    bench
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn an_index_says_whose_windows_it_counted_and_is_checked() {
    let bench = logged();
    let make = "index make --key c.key --profile p.toml --out c.index log.jsonl";
    let made = bench.json(make);
    let key_id = bench.json("derive --key root.key --epoch e --cohort c --out again.key")["key_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(made["marked_by"], key_id.as_str());
    assert_eq!((&made["window"], &made["answers"]), (&json!(2), &json!(20)));
    assert_eq!(made["verified"], false);
    let counts = [
        "answers",
        "windows",
        "distinct_windows",
        "bytes",
        "sha256",
        "marked_by",
    ];
    let shown = bench.json("index show c.index");
    for field in counts {
        assert_eq!(shown[field], made[field], "{field}");
    }
    assert_eq!(shown["verified"], true);
    assert!(shown["skipped"].is_null());
    assert!(
        bench
            .ok("index show c.index")
            .stdout
            .contains("the content matches")
    );

    // The windows that are followed by a token, distinct ones once.
    let mut windows = vec![];
    for record in lines(&bench.read("log.jsonl")) {
        // Text counts where it is given: it may be cut into tokens in another way.
        windows.push(record["tokens"].as_array().unwrap().len() - 2);
    }
    let total = made["windows"].as_u64().unwrap() as f64;
    let expected = windows.iter().sum::<usize>() as f64;
    assert!((total / expected - 1.0).abs() < 0.1, "{total}, {expected}");
    assert!(made["distinct_windows"].as_u64().unwrap() as f64 > expected / 5.0);

    bench.refused(make, 2, &["c.index exists already"]);
    let by_id = bench.json(&format!(
        "index make --marked-by {key_id} --profile p.toml --memory 1 --scratch . --out d.index log.jsonl"
    ));
    assert_eq!(by_id["sources_sha256"], made["sources_sha256"]);
    // But for the time at which it was made, and the digest.
    let content = |name: &str| {
        let mut bytes = std::fs::read(bench.path(name)).unwrap();
        bytes[88..96].fill(0);
        bytes.truncate(bytes.len() - 32);
        bytes
    };
    let same = |a: &str, b: &str| content(a) == content(b);
    assert!(same("c.index", "d.index"));
    let plain = bench.json("index make --unmarked --profile p.toml --out b.index plain.jsonl");
    assert!(plain["marked_by"].is_null());
    assert!(
        bench
            .ok("index show b.index")
            .stdout
            .contains("a background")
    );
}

#[test]
fn only_answers_are_counted() {
    let bench = Bench::new();
    bench.ok("profile new --vocab-size 100 --window 2 --out p.toml");
    bench.write(
        "a.jsonl",
        concat!(
            r#"{"prompt_tokens": [1, 2, 3, 4, 5, 6], "response_tokens": [7, 8, 9, 7, 8, 3]}"#,
            "\n",
            r#"{"tokens": [7, 8, 7, 8]}"#,
            "\n",
            r#"{"prompt": "text that no tokenizer reads", "response_tokens": [1, 2]}"#
        ),
    );
    let made = bench.json("index make --unmarked --profile p.toml --out a.index a.jsonl");
    // [7 8] [8 9] [9 7] [7 8] and [7 8] [8 7].
    assert_eq!(made["windows"], 6);
    assert_eq!(made["distinct_windows"], 4);
    assert_eq!(made["answers"], 3);
    assert!(made["tokenizer_sha256"].is_null());
}

#[test]
fn indexes_that_cannot_be_made_or_trusted_are_refused() {
    let bench = logged();
    let make = "index make --profile p.toml --out x.index";
    bench.refused(
        &format!("{make} log.jsonl"),
        2,
        &["--unmarked", "--marked-by"],
    );
    bench.refused(
        &format!("{make} --unmarked --key c.key log.jsonl"),
        2,
        &["cannot be used with"],
    );
    bench.refused(
        &format!("{make} --marked-by abc log.jsonl"),
        2,
        &["abc", "sixteen", "hint:"],
    );
    bench.refused(&format!("{make} --unmarked none.jsonl"), 2, &["none.jsonl"]);
    bench.write("bad.jsonl", "{\"text\": \"good\"}\n{\"other\": 1}\n");
    bench.refused(&format!("{make} --unmarked bad.jsonl"), 2, &["bad.jsonl:2"]);
    bench.refused(
        &format!("{make} --unmarked --out - log.jsonl"),
        2,
        &["--out"],
    );
    assert!(
        !bench.path("x.index").exists(),
        "nothing is left by a refused command"
    );
    let skipped = bench.json(&format!("{make} --unmarked --skip-bad 1 bad.jsonl"));
    assert_eq!(skipped["skipped"]["records"], 1);

    bench.ok("index make --unmarked --profile p.toml --out b.index plain.jsonl");
    let good = std::fs::read(bench.path("b.index")).unwrap();
    let mut flipped = good.clone();
    flipped[good.len() - 40] ^= 1;
    bench.write("bad.index", flipped);
    bench.refused(
        "index show bad.index",
        3,
        &["bad.index: damaged", "SHA-256", "hint:"],
    );
    let probe = "probe --log log.jsonl --count 3 --out q.jsonl --index";
    bench.refused(&format!("{probe} bad.index"), 3, &["bad.index: damaged"]);
    bench.write("bad.index", &good[..good.len() / 2]);
    bench.refused("index show bad.index", 3, &["bytes long; its header says"]);
    bench.refused(
        "index show log.jsonl",
        2,
        &["log.jsonl: this is no harvest index", "hint:"],
    );
    bench.refused("index show none.index", 2, &["none.index"]);
    assert!(!bench.path("q.jsonl").exists());
}

/// Prompts about two subjects; the harvest holds answers of one, the background of the other.
fn two_subjects() -> Bench {
    let bench = Bench::new();
    bench.ok("profile new --vocab-size 4000 --window 2 --out p.toml");
    let answer = |subject: u32, number: u32| -> Vec<u32> {
        let mut state = number;
        (0..60)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                subject * 1000 + (state >> 20) % 25
            })
            .collect()
    };
    let mut log = String::new();
    let mut other = String::new();
    for number in 0..80 {
        let subject = 1 + number % 2;
        let record = json!({
            "id": format!("r{number}"),
            "prompt_tokens": [number, subject],
            "response_tokens": answer(subject, number),
        });
        log += &format!("{record}\n");
        let record = json!({ "tokens": answer(2, 1000 + number) });
        other += &format!("{record}\n");
    }
    bench.write("log.jsonl", log);
    bench.write("other.jsonl", other);
    bench.ok("index make --marked-by 0123456789abcdef --profile p.toml --out log.index log.jsonl");
    bench.ok("index make --unmarked --profile p.toml --out other.index other.jsonl");
    bench
}

#[test]
fn prompts_of_the_harvests_own_subject_come_first() {
    let bench = two_subjects();
    let subjects = |line: &str| {
        let probed = bench.json(line);
        let file = probed["prompts"]["file"].as_str().unwrap();
        let chosen = lines(&bench.read(file));
        let mut times = HashMap::new();
        for prompt in &chosen {
            *times
                .entry(prompt["prompt_tokens"][1].as_u64().unwrap())
                .or_insert(0) += 1;
        }
        (probed, chosen, times)
    };
    let (probed, chosen, times) = subjects(
        "probe --log log.jsonl --index log.index --background other.index --count 6 --seed 1 --out a.jsonl",
    );
    assert_eq!(times, HashMap::from([(1, 6)]));
    assert_eq!(probed["method"], "windows");
    assert_eq!(probed["considered"], 80);
    assert_eq!(probed["indexes"][0]["marked_by"], "0123456789abcdef");
    assert_eq!(
        chosen[0]["id"],
        format!(
            "log.jsonl:{}",
            1 + chosen[0]["prompt_tokens"][0].as_u64().unwrap()
        )
    );
    let gains: Vec<f64> = chosen
        .iter()
        .map(|prompt| prompt["new_score"].as_f64().unwrap())
        .collect();
    assert!(gains.is_sorted_by(|a, b| a >= b), "{gains:?}");
    assert!(chosen.iter().all(|prompt| prompt["exposure_share"] == 0.0));

    // Without a background the subjects are alike, and so they are in a draw of equal chances (the
    // rarer one comes fewer than 3 times of 20 once in 30,000 draws; the seed is fixed).
    let (_, _, times) =
        subjects("probe --log log.jsonl --index log.index --count 20 --out b.jsonl");
    assert!(times[&1] > 2 && times[&2] > 2, "{times:?}");
    let (probed, chosen, times) =
        subjects("probe --log log.jsonl --generic --count 20 --seed 5 --out c.jsonl");
    assert!(times[&1] > 2 && times[&2] > 2, "{times:?}");
    assert_eq!(probed["method"], "uniform");
    assert!(chosen[0]["score"].is_null() && probed["mean_exposure_share"].is_null());
}

#[test]
fn the_selections_record_names_everything_by_digest_and_can_be_repeated() {
    let bench = two_subjects();
    let probe = |seed: u32, out: &str| {
        bench.json(&format!(
            "probe --log log.jsonl --index log.index other.index --background other.index --count 5 --seed {seed} --out {out}.jsonl"
        ))
    };
    let first = probe(1, "a");
    let beside: Value = serde_json::from_str(&bench.read("a.selection.json")).unwrap();
    assert_eq!(beside, first);
    check_schema(&beside);
    for (field, file) in [
        (&first["logs"][0], "log.jsonl"),
        (&first["indexes"][1], "other.index"),
        (&first["background"], "other.index"),
        (&first["prompts"], "a.jsonl"),
    ] {
        let bytes = std::fs::read(bench.path(file)).unwrap();
        assert_eq!(field["sha256"], sha256(&bytes), "{file}");
        assert_eq!(
            (&field["bytes"], &field["file"]),
            (&json!(bytes.len()), &json!(file))
        );
    }
    let again = probe(1, "b");
    assert_eq!(again["prompts"]["sha256"], first["prompts"]["sha256"]);
    let generic = |seed: u32, out: &str| {
        bench.json(&format!(
            "probe --log log.jsonl --generic --count 5 --seed {seed} --out {out}.jsonl"
        ))["prompts"]["sha256"]
            .clone()
    };
    assert_eq!(generic(1, "c"), generic(1, "d"));
    assert_ne!(generic(1, "e"), generic(2, "f"));
    bench.refused(
        "probe --log log.jsonl --generic --count 5 --out a.jsonl",
        2,
        &["a.jsonl exists already"],
    );
}

fn sha256(bytes: &[u8]) -> String {
    hallmark_harvest::Sha256Digest::of(bytes).to_string()
}

#[test]
fn chats_and_prompts_come_back_as_they_can_be_asked() {
    let bench = Bench::new();
    bench.ok("profile new --out p.toml");
    let log = [
        json!({"prompt": "Name a colour.", "response": "Teal, said the king, and teal it was.", "group": "g"}),
        json!({"prompt": " Name a colour.\n", "response": "Blue, said the queen, and blue it was."}),
        json!({"messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Name a "}, {"type": "text", "text": "king."}]},
            {"role": "assistant", "content": "Lear, the king of Britain, and his daughters."}]}),
        json!({"messages": [
            {"role": "user", "content": "Look it up."},
            {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "go"}}]},
            {"role": "tool", "content": "found"},
            {"role": "assistant", "content": "It was found."}]}),
        json!({"text": "A document, and nothing that was asked."}),
        json!({"prompt": "Say it again: the king of Britain, and his daughters.", "response": "the king of Britain, and his daughters."}),
    ];
    bench.write("log.jsonl", log.map(|record| record.to_string()).join("\n"));
    bench.ok("index make --unmarked --profile p.toml --out log.index log.jsonl");
    let probed = bench.json("probe --log log.jsonl --index log.index --count 9 --out q.jsonl");
    assert_eq!(
        (&probed["records"], &probed["considered"]),
        (&json!(6), &json!(4))
    );
    assert_eq!(
        (&probed["without_prompt"], &probed["not_askable"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&probed["duplicates"], &probed["chosen"]),
        (&json!(1), &json!(3))
    );
    let chosen = lines(&bench.read("q.jsonl"));
    let by_id: HashMap<&str, &Value> = chosen
        .iter()
        .map(|p| (p["id"].as_str().unwrap(), p))
        .collect();
    assert_eq!(by_id["log.jsonl:1"]["prompt"], "Name a colour.");
    assert_eq!(by_id["log.jsonl:1"]["group"], "g");
    assert_eq!(
        by_id["log.jsonl:3"]["messages"],
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Name a king."}])
    );
    let echoed = by_id["log.jsonl:6"];
    assert!(echoed["exposure_share"].as_f64().unwrap() > 0.6, "{echoed}");
    assert!(
        bench
            .ok("probe --log log.jsonl --generic --count 2 --out r.jsonl")
            .stdout
            .contains("4 records of 6")
    );

    bench.write("documents.jsonl", r#"{"text": "A document."}"#);
    bench.refused(
        "probe --log documents.jsonl --generic --count 1 --out s.jsonl",
        2,
        &["no record of the log has a prompt", "hint:"],
    );
}

#[test]
fn probes_that_make_no_sense_are_refused() {
    let bench = two_subjects();
    bench.ok("profile new --vocab-size 4000 --window 3 --out three.toml");
    bench.ok("index make --unmarked --profile three.toml --out three.index other.jsonl");
    bench.ok("profile new --window 2 --out text.toml");
    bench.write("log.txt", "The king of Britain, and his daughters.");
    bench.ok("index make --unmarked --profile text.toml --out text.index log.txt");
    let probe = "probe --log log.jsonl --count 3 --out q.jsonl";
    bench.refused(probe, 2, &["--index"]);
    bench.refused(
        &format!("{probe} --generic --index log.index"),
        2,
        &["cannot be used with"],
    );
    bench.refused(
        &format!("{probe} --index log.index --background three.index"),
        2,
        &["2 tokens and another of 3"],
    );
    bench.refused(
        &format!("{probe} --index log.index text.index"),
        2,
        &["different tokenizers"],
    );
    bench.refused(
        "probe --log - --generic --count 3 --out q.jsonl",
        2,
        &["not `-`"],
    );
    bench.refused(
        "probe --log none.jsonl --generic --count 3 --out q.jsonl",
        2,
        &["none.jsonl"],
    );
    bench.refused(
        &format!("{probe} --key c.key --generic"),
        2,
        &["unexpected argument '--key'"],
    );
    bench.write("text.jsonl", r#"{"prompt": "a", "response": "b"}"#);
    bench.refused(
        "probe --log text.jsonl --count 3 --out q.jsonl --index log.index",
        2,
        &["text.jsonl:1", "tokenizer"],
    );
    let left: HashSet<_> = std::fs::read_dir(bench.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !left
            .iter()
            .any(|name| name.to_string_lossy().starts_with('q')
                || name.to_string_lossy().starts_with(".hallmark")),
        "{left:?}"
    );
}

/// Ten turns of a chat are ten answers, in an index and in an examination.
#[test]
fn every_turn_of_a_chat_can_be_counted() {
    let bench = logged();
    let records = lines(&bench.read("log.jsonl"));
    let turns = records.iter().take(10).flat_map(|record| {
        [
            json!({ "role": "user", "content": record["prompt"] }),
            json!({ "role": "assistant", "content": record["text"] }),
        ]
    });
    let chat = json!({ "messages": turns.collect::<Vec<_>>() });
    bench.write("chat.jsonl", format!("{chat}\n"));
    let answers = |more: &str| {
        let make = format!("index make --key c.key --profile p.toml {more} chat.jsonl");
        bench.json(&make)["answers"].clone()
    };
    assert_eq!(answers("--out last.index"), 1);
    assert_eq!(answers("--turns all --out all.index"), 10);
    let scored = |more: &str| {
        let line = format!("examine --decoys 0 --key c.key --profile p.toml {more} chat.jsonl");
        bench.json(&line)["counts"]["scored"].as_u64().unwrap()
    };
    assert!(scored("--turns all") > 4 * scored(""));
}

/// Requests name a model, and services keep the system's text where they like: a chat can be asked again all the same.
#[test]
fn every_chat_of_a_request_can_be_asked_again() {
    let bench = Bench::new();
    bench.ok("profile new --out p.toml");
    let answer = "The gate is shut at noon, and the harbour is full of ships from Genoa.";
    let openai = format!(
        r#"{{"request": {{"model": "m", "user": "u", "messages": [{{"role": "user", "content": "What news?"}}]}}, "response": {{"model": "m", "choices": [{{"message": {{"role": "assistant", "content": "{answer}"}}, "finish_reason": "stop"}}]}}}}"#
    );
    let gemini = format!(
        r#"{{"request": {{"contents": [{{"role": "user", "parts": [{{"text": "What news?"}}]}}], "systemInstruction": {{"parts": [{{"text": "You are a player."}}]}}}}, "response": {{"candidates": [{{"content": {{"role": "model", "parts": [{{"text": "{answer}"}}]}}}}]}}}}"#
    );
    for (name, record, roles) in [
        ("openai", openai, &["user"][..]),
        ("gemini", gemini, &["system", "user"]),
    ] {
        bench.write(&format!("{name}.jsonl"), record + "\n");
        bench.ok(&format!(
            "index make --profile p.toml --unmarked --out {name}.index {name}.jsonl"
        ));
        bench.ok(&format!("probe --log {name}.jsonl --index {name}.index --count 1 --seed 1 --out {name}.prompts.jsonl"));
        let asked = std::fs::read_to_string(bench.path(&format!("{name}.prompts.jsonl"))).unwrap();
        let asked: serde_json::Value = serde_json::from_str(asked.lines().next().unwrap()).unwrap();
        let turns = asked["messages"].as_array().unwrap();
        let said: Vec<&str> = turns
            .iter()
            .map(|turn| turn["role"].as_str().unwrap())
            .collect();
        assert_eq!(said, roles, "{asked}");
    }
}
