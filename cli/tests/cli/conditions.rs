//! Cases that accuse, or clear, where a condition is not checked: `docs/conditions.md`.

use crate::bench::{Bench, check_schema};
use hallmark_core::cells::CellBatch;
use hallmark_core::keys::{KeyFile, RootKey};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_lab::assets;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

fn examine(bench: &Bench, line: &str) -> (i32, Value) {
    let ran = bench.run(&format!("--format json examine --decoys 0 {line}"));
    let value: Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{line}: {error}\n{}{}", ran.stdout, ran.stderr));
    check_schema(&value);
    (ran.status, value)
}

fn finding<'a>(examined: &'a Value, test: &str) -> &'a Value {
    let mut tests = examined["tests"].as_array().unwrap().iter();
    tests.find(|finding| finding["test"] == test).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn lines(records: impl IntoIterator<Item = Value>) -> String {
    let lines = records.into_iter().map(|record| format!("{record}\n"));
    lines.collect()
}

/// Unmarked answers of 8 random tokens, in descending order of their scores under the key.
fn sorted_by_score(bench: &Bench) -> Vec<Vec<u32>> {
    bench.key("mine.key");
    bench.ok("profile new --window 1 --vocab-size 50000 --out p.toml");
    let mut state = 9_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as u32 % 50_000
    };
    let answers: Vec<Vec<u32>> = (0..400)
        .map(|_| (0..8).map(|_| random()).collect())
        .collect();
    bench.write(
        "all.jsonl",
        lines(answers.iter().map(|tokens| json!({ "tokens": tokens }))),
    );
    let detected = bench.json("detect --key mine.key --profile p.toml all.jsonl");
    let documents = detected["documents"].as_array().unwrap();
    let mut order: Vec<usize> = (0..answers.len()).collect();
    order.sort_by(|&a, &b| {
        number(&documents[b]["statistic"]).total_cmp(&number(&documents[a]["statistic"]))
    });
    order.into_iter().map(|at| answers[at].clone()).collect()
}

/// The T1 of random answers is above 0.01 with these seeds; sorted, T3's largest E is beyond 10^20.
#[test]
fn answers_sorted_by_their_score_are_not_accused_by_t3() {
    let bench = Bench::new();
    let sorted = sorted_by_score(&bench);
    let record = |tokens: &Vec<u32>| json!({ "prompt_tokens": [], "response_tokens": tokens });
    bench.write("sorted.jsonl", lines(sorted.iter().map(record)));
    let (status, examined) = examine(&bench, "--key mine.key --profile p.toml sorted.jsonl");
    let t3 = finding(&examined, "T3");
    assert!(number(&t3["log10_p"]) < -20.0, "{t3}");
    assert_eq!(t3["unproven"], json!(["key-free-order"]));
    assert_eq!((status, &examined["outcome"]), (0, &json!("not-found")));
    assert_eq!(examined["outcomes"][0]["conditional"], "T3");
    assert_eq!(
        finding(&examined, "T1")["log10_p_adjusted"],
        finding(&examined, "T1")["log10_p"]
    );

    // By a hash of their content the same answers stand in an order that nobody chose.
    let hashed = "--key mine.key --profile p.toml --order-by-hash 2026-11-27 sorted.jsonl";
    let (_, examined) = examine(&bench, hashed);
    let t3 = finding(&examined, "T3");
    assert_eq!(
        (&t3["order"], &t3["unproven"]),
        (&json!("hash"), &Value::Null)
    );
    assert!(number(&t3["log10_p"]) > -3.0, "{t3}");

    // Ids that ascend are their maker's word, which the finding repeats.
    let numbered = sorted.iter().zip(1..).map(|(tokens, id)| {
        json!({ "id": format!("p{id}"), "prompt_tokens": [], "response_tokens": tokens })
    });
    bench.write("numbered.jsonl", lines(numbered));
    let (_, examined) = examine(&bench, "--key mine.key --profile p.toml numbered.jsonl");
    assert_eq!(finding(&examined, "T3")["order"], "ids");

    // Equal ids leave the order among them open.
    let last = sorted.len();
    let repeated = sorted.iter().zip(1..).map(|(tokens, at)| {
        let id = if at == last { 2 } else { 1 };
        json!({ "id": id, "prompt_tokens": [], "response_tokens": tokens })
    });
    bench.write("repeated.jsonl", lines(repeated));
    let (_, examined) = examine(&bench, "--key mine.key --profile p.toml repeated.jsonl");
    assert_eq!(
        finding(&examined, "T3")["unproven"],
        json!(["key-free-order"])
    );
}

/// 22 marked cells have p = 1e-9 and say nothing.
#[test]
fn too_few_cells_are_inconclusive_in_every_form_of_the_result() {
    let bench = Bench::new();
    bench.key("mine.key");
    bench.ok("profile new --window 1 --out p.toml");
    bench.ok("mark --key mine.key --profile p.toml --tokens 22 --seed 3 --out marked.jsonl");
    let (status, examined) = examine(&bench, "--key mine.key --profile p.toml marked.jsonl");
    assert!(number(&examined["counts"]["scored"]) < 25.0);
    assert!(number(&finding(&examined, "T1")["log10_p_adjusted"]) < -3.0);
    assert_eq!((status, &examined["outcome"]), (4, &json!("inconclusive")));
    assert_eq!(examined["cohorts"]["keys"][0]["named_by"], json!([]));
}

/// A folder with a root key, an index of text that its default cohort marked, and unmarked answers.
fn case() -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --out p.toml");
    bench.ok("mark --key root.key --profile p.toml --tokens 4000 --seed 1 --out log.jsonl");
    bench.ok("mark --key root.key --profile p.toml --tokens 600 --seed 2 --out answers.jsonl");
    bench.ok("index make --key root.key --profile p.toml --out own.index log.jsonl");
    bench
}

#[test]
fn weights_from_the_tested_keys_own_text_name_nobody_and_lift_nothing() {
    let bench = case();
    let with = "--key root.key --profile p.toml --harvest own.index answers.jsonl";
    let (_, plain) = examine(&bench, "--key root.key --profile p.toml answers.jsonl");
    let (_, weighted) = examine(&bench, with);
    assert_eq!(
        finding(&weighted, "T2")["unproven"],
        json!(["key-free-weights"])
    );
    assert_eq!(
        finding(&weighted, "T1")["log10_p_adjusted"],
        finding(&weighted, "T1")["log10_p"],
        "T1 is alone in its family: T3's order is not known, and T2's weights are the key's own"
    );
    assert_eq!(
        finding(&plain, "T1")["log10_p"],
        finding(&weighted, "T1")["log10_p"]
    );
    assert_eq!(weighted["cohorts"]["keys"][0]["named_by"], json!(["T1"]));
}

/// A root's own id, which stands in its key file, is its default cohort's too.
#[test]
fn an_index_may_name_either_id_of_a_root() {
    let bench = case();
    let header = bench.read("root.key");
    let id = header
        .split_whitespace()
        .find(|word| word.len() == 16 && word.bytes().all(|b| b.is_ascii_hexdigit()));
    let id = id.expect("the root's id stands in the header");
    bench.ok(&format!(
        "index make --marked-by {id} --profile p.toml --out named.index log.jsonl"
    ));
    let (_, examined) = examine(
        &bench,
        "--key root.key --profile p.toml --harvest named.index answers.jsonl",
    );
    assert_eq!(finding(&examined, "T2")["weights"], "same-key");
}

#[test]
fn prompts_chosen_by_the_tested_keys_log_decide_nothing() {
    let bench = case();
    let log = bench.read("log.jsonl");
    let asked = log.lines().enumerate().map(|(at, line)| {
        let record: Value = serde_json::from_str(line).unwrap();
        json!({ "prompt": format!("Question {at}?"), "response": record["text"] })
    });
    bench.write("asked.jsonl", lines(asked));
    bench.ok("probe --log asked.jsonl --index own.index --count 3 --out chosen.jsonl");
    let (status, examined) = examine(
        &bench,
        "--key root.key --profile p.toml --probe chosen.selection.json answers.jsonl",
    );
    assert_eq!((status, &examined["outcome"]), (4, &json!("inconclusive")));
    assert_eq!(
        finding(&examined, "T1")["unproven"],
        json!(["key-free-prompts"])
    );
    assert!(number(&finding(&examined, "T1")["log10_p"]) < -10.0);
    bench.write("old.json", "{\"schema\":\"hallmark/probe/1\"}");
    bench.refused(
        "examine --key root.key --profile p.toml --probe old.json answers.jsonl",
        2,
        &["version 1"],
    );
}

/// A log's line for an answer to a prompt.
fn exchange(id: &str, prompt: &str, answer: &str, finish: &str) -> Value {
    let digest = |text: &str| -> String {
        let digest = Sha256::digest(text);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let request =
        json!({ "model": "m", "messages": [{ "role": "user", "content": prompt }] }).to_string();
    let choice =
        json!({ "message": { "role": "assistant", "content": answer }, "finish_reason": finish });
    let response = json!({ "choices": [choice] }).to_string();
    json!({
        "event": "exchange", "time": "2026-11-27T06:46:47.330Z", "milliseconds": 7, "id": id, "repetition": 1, "attempt": 1,
        "request_sha256": digest(&request), "request": request, "status": 200,
        "response_sha256": digest(&response), "response": response,
    })
}

/// An answer that was replaced by a marked text is found without the log, and stops the examination with it.
#[test]
fn answers_are_compared_with_the_log_of_their_collection() {
    let bench = Bench::new();
    bench.key("mine.key");
    bench.ok("profile new --out p.toml");
    bench.ok("mark --unmarked --profile p.toml --tokens 1200 --seed 1 --out clean.jsonl");
    bench.ok("mark --key mine.key --profile p.toml --tokens 1200 --seed 2 --out marked.jsonl");
    let texts = |name: &str| -> Vec<String> {
        let text = bench.read(name);
        let records = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        records
            .map(|record| record["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let (clean, marked) = (texts("clean.jsonl"), texts("marked.jsonl"));
    let start = json!({
        "event": "start", "time": "2026-11-27T06:46:47.319Z", "version": "0.1.0", "address": "http://127.0.0.1:1/v1/chat/completions",
        "api": "chat", "model": "m", "max_tokens": null, "temperature": null, "logprobs": null, "extra": {},
        "prompts_sha256": "00", "answers_per_prompt": 1, "already": 0,
    });
    let entries = |texts: &[String]| -> Vec<Value> {
        let came = texts.iter().enumerate().map(|(at, text)| {
            exchange(
                &format!("p{at}"),
                &format!("Scene {at}."),
                text,
                if at == 0 { "length" } else { "stop" },
            )
        });
        std::iter::once(start.clone()).chain(came).collect()
    };
    let answers = |texts: &[String]| -> Vec<Value> {
        let records = texts.iter().enumerate();
        let record = |(at, text): (usize, &String)| json!({ "id": format!("p{at}"), "repetition": 1, "prompt": format!("Scene {at}."), "response": text });
        records.map(record).collect()
    };
    bench.write("answers.log.jsonl", lines(entries(&clean)));
    let line = "--key mine.key --profile p.toml answers.jsonl";
    let refused = |records: Vec<Value>, says: &str| {
        bench.write("answers.jsonl", lines(records));
        bench.refused(&format!("examine --decoys 0 {line}"), 3, &[says]);
    };

    bench.write("answers.jsonl", lines(answers(&clean)));
    let (_, examined) = examine(&bench, line);
    assert_eq!(finding(&examined, "T3")["order"], "log");
    assert_eq!(examined["collection"]["cut"], 1);
    assert_eq!(examined["collection"]["answers"], clean.len());

    // Without the log the replaced answers are found: nothing else tells them from the suspect's.
    bench.write("alone.jsonl", lines(answers(&marked)));
    let (_, alone) = examine(&bench, "--key mine.key --profile p.toml alone.jsonl");
    assert_eq!(alone["outcome"], "found");
    refused(answers(&marked), "the answer was changed");

    let mut records = answers(&clean);
    records[1]["prompt"] = json!("Another.");
    refused(records, "the prompt was changed");
    let mut records = answers(&clean);
    records.remove(2);
    refused(records, "lacks 1 answers");
    let mut records = answers(&clean);
    records.swap(1, 2);
    refused(records, "in another");
    let mut records = answers(&clean);
    records[2]["id"] = json!("q");
    refused(records, "it was added");
    let mut records = answers(&clean);
    records.push(records[0].clone());
    refused(records, "stands in line 1 already");

    // To ask again until an answer pleases is to choose; so is to call an answer a failure.
    let mut log = entries(&clean);
    let again = exchange("p3", "Scene 3.", "Another answer.", "stop");
    log.insert(1, again);
    bench.write("answers.log.jsonl", lines(log));
    refused(answers(&clean), "another answer came first");
    let mut log = entries(&clean);
    log[3]["failed"] = json!("timeout");
    bench.write("answers.log.jsonl", lines(log));
    refused(
        answers(&clean),
        "is called failed (timeout), and holds an answer",
    );
    bench.write("answers.log.jsonl", lines(entries(&clean)));

    // A result of `probe` that names other prompts than those that were asked is not these answers'.
    bench.write("answers.jsonl", lines(answers(&clean)));
    bench.write(
        "chosen.json",
        json!({ "schema": "hallmark/probe/2", "log_marked_by": [], "prompts": { "sha256": "01" } })
            .to_string(),
    );
    bench.refused(
        &format!("examine --decoys 0 --probe chosen.json {line}"),
        3,
        &["other prompts were asked"],
    );
    bench.write(
        "chosen.json",
        json!({ "schema": "hallmark/probe/2", "log_marked_by": [], "prompts": { "sha256": "00" } })
            .to_string(),
    );
    let (_, examined) = examine(&bench, &format!("--probe chosen.json {line}"));
    assert!(examined["inputs"].to_string().contains("chosen.json"));

    let mut log = entries(&clean);
    log[2]["response"] = json!(log[2]["response"].as_str().unwrap().replace("the", "teh"));
    bench.write("answers.log.jsonl", lines(log));
    refused(answers(&clean), "the response is not what its SHA-256 says");
}

#[test]
fn merging_keeps_conditions_and_takes_each_examination_once() {
    let bench = case();
    bench.ok("mark --key root.key --profile p.toml --tokens 600 --seed 5 --out more.jsonl");
    let kept = |name: &str, line: &str| {
        let ran = bench.ok(&format!(
            "--format json examine --decoys 0 --key root.key --profile p.toml {line}"
        ));
        bench.write(name, ran.stdout);
    };
    kept("a.json", "answers.jsonl");
    kept("b.json", "more.jsonl");
    kept("weighted.json", "--harvest own.index more.jsonl");
    kept("weighted-a.json", "--harvest own.index answers.jsonl");
    let merged = bench.json("merge a.json b.json");
    assert_eq!(
        merged["keys"][0]["unproven"],
        Value::Null,
        "an e-value at the end has no order"
    );
    bench.refused("merge a.json a.json", 2, &["the same result"]);
    bench.refused("merge a.json weighted.json", 2, &["bets by weights"]);
    let merged = bench.json("merge weighted-a.json weighted.json");
    assert_eq!(merged["keys"][0]["unproven"], json!(["key-free-weights"]));
}

/// A suspect that was shown the beginning of each marked answer in one prompt says the rest of it in reply to another: what was
/// shown once is known everywhere.
#[test]
fn answers_that_were_quoted_are_left_out_of_all_answers() {
    let bench = case();
    let log = bench.read("log.jsonl");
    let texts: Vec<String> = log
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["text"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let quote = |text: &str| text.chars().take(80).collect::<String>().to_uppercase();
    let asked = texts
        .iter()
        .map(|text| json!({ "prompt": quote(text), "response": "I see." }));
    let told = texts
        .iter()
        .map(|text| json!({ "prompt": "Go on.", "response": text }));
    bench.write("told.jsonl", lines(asked.chain(told)));
    let line = "--key root.key --profile p.toml told.jsonl";
    let (_, without) = examine(&bench, line);
    assert_eq!(without["outcome"], "found");
    let (status, with) = examine(&bench, &format!("--provider-log log.jsonl {line}"));
    assert_eq!((status, &with["outcome"]), (4, &json!("inconclusive")));
    let quoted = &with["quoted"];
    assert_eq!(
        (&quoted["quoted"], &quoted["answers"]),
        (&json!(texts.len()), &json!(texts.len()))
    );
    assert!(number(&quoted["left_out"]) > 3000.0, "{quoted}");
    // What is left out depends on the key, so that it can only weaken a finding.
    for (one, all) in with["tests"]
        .as_array()
        .unwrap()
        .iter()
        .zip(without["tests"].as_array().unwrap())
    {
        assert!(number(&one["log10_p"]) >= number(&all["log10_p"]), "{one}");
    }
    let of_turns = "{\"messages\": [{\"role\": \"user\", \"content\": \"Go on.\"}, {\"role\": \"assistant\", \"content\": TEXT}, {\"role\": \"user\", \"content\": \"And?\"}, {\"role\": \"assistant\", \"content\": \"No.\"}]}\n";
    let turns: String = texts
        .iter()
        .map(|text| of_turns.replace("TEXT", &Value::from(&**text).to_string()))
        .collect();
    bench.write("turns.jsonl", turns);
    let (_, turns) = examine(
        &bench,
        "--provider-log log.jsonl --key root.key --profile p.toml turns.jsonl",
    );
    assert_eq!(turns["quoted"]["by_assistant_turns"], json!(texts.len()));
}

/// Prompts older than the key hold phrases that marked answers happen to say where the key chose their first word. What is left out then depends
/// on what the key chose: windows stay where it chose otherwise, and an innocent suspect's words score too high there. The larger p of the
/// examinations with them and without counts; by those without alone T1 was at 1e-16 in such worlds.
#[test]
fn a_likeness_by_chance_to_the_providers_log_accuses_nobody() {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --window 2 --out p.toml");
    let profile = Profile::parse(&bench.read("p.toml")).unwrap();
    let key = RootKey::from_bytes(Sha256::digest("root.key").into());
    let mark = Mark::new(&profile, &KeyFile::Root(key).marking_key()).unwrap();
    let tokenizer = assets::tokenizer().unwrap();
    let is_word = |token: &u32| {
        let text = tokenizer.decode(&[*token]);
        text.len() >= 4 && text.starts_with(' ') && text[1..].chars().all(char::is_alphabetic)
    };
    let tokens: Vec<u32> = (0..1024).filter(is_word).collect();
    let mut state = 7_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        tokens[(state >> 33) as usize % tokens.len()]
    };
    let (mut log, mut told) = (vec![], vec![]);
    let mut windows = HashSet::new();
    while log.len() < 2000 {
        let (a, b, said, other) = (random(), random(), random(), random());
        if said == other || !windows.insert([a, b]) {
            continue;
        }
        let source: Vec<u32> = (0..12).map(|_| random()).collect();
        let mut batch = CellBatch::new(2, 2);
        batch.push(&[a, b], said);
        batch.push(&[a, b], other);
        let mut words = [0; 2];
        mark.reading().words(&batch, &mut words);
        let quotes = words[0] > words[1];
        let mut answer = vec![a, b, if quotes { said } else { other }];
        answer.extend(if quotes { &source[..] } else { &[] });
        log.push(json!({ "prompt_tokens": [], "response_tokens": answer }));
        let prompt = tokenizer.decode(&[&[said], &source[..]].concat());
        told.push(json!({ "prompt": prompt, "response_tokens": [a, b, other] }));
    }
    bench.write("log.jsonl", lines(log));
    bench.write("told.jsonl", lines(told));
    let line = "--key root.key --profile p.toml --provider-log log.jsonl told.jsonl";
    let (_, examined) = examine(&bench, line);
    assert!(number(&examined["quoted"]["left_out"]) > 500.0);
    assert_eq!(examined["outcome"], "not-found");
    let t1 = finding(&examined, "T1");
    assert!(number(&t1["log10_p"]) > -3.0, "{t1}");
}
