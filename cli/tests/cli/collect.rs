//! `collect`: against a real server on this machine, which fails in every way.

mod dialects;
pub(crate) mod server;
mod stops;

use crate::bench::{Bench, Ran, check_schema};
use serde_json::{Value, json};
use server::{Received, Reply, Server};
use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const KEY: &str = "sk-test-4711-abcdefgh";

/// A chat answer that repeats the prompt's last word.
pub(crate) fn answer(received: &Received) -> Reply {
    let text = format!("You said {}.", received.prompt());
    Reply::Json(
        json!({"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]}),
    )
}

/// A folder with so many prompts, `p1`, `p2`, …
fn prompts(count: usize) -> Bench {
    let bench = Bench::new();
    let lines: Vec<String> = (1..=count)
        .map(|i| json!({"id": format!("p{i}"), "prompt": format!("word{i}")}).to_string())
        .collect();
    bench.write("prompts.jsonl", lines.join("\n"));
    bench
}

fn command(bench: &Bench, server: &Server, more: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hallmark"));
    command
        .args([
            "--format",
            "json",
            "collect",
            "--endpoint",
            &server.endpoint(),
        ])
        .args([
            "--model",
            "suspect-1",
            "--prompts",
            "prompts.jsonl",
            "--out",
            "answers.jsonl",
        ])
        .args(["--pause", "0.001"])
        .args(more.split_whitespace())
        .current_dir(bench.path(""))
        .env("SUSPECT_KEY", KEY)
        .env("NO_PROXY", "*")
        .stdin(Stdio::null());
    for proxy in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env_remove(proxy);
    }
    command
}

fn collect(bench: &Bench, server: &Server, more: &str) -> Ran {
    Ran::from(command(bench, server, more).output().unwrap())
}

/// Runs to the end, whatever the status, and gives the result.
fn result(bench: &Bench, server: &Server, more: &str, status: i32) -> Value {
    let ran = collect(bench, server, more);
    assert_eq!(ran.status, status, "{}{}", ran.stdout, ran.stderr);
    let value = serde_json::from_str(&ran.stdout).unwrap();
    check_schema(&value);
    value
}

fn lines(bench: &Bench, name: &str) -> Vec<Value> {
    let text = bench.read(name);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn exchanges(bench: &Bench) -> Vec<Value> {
    let mut lines = lines(bench, "answers.log.jsonl");
    lines.retain(|line| line["event"] == "exchange");
    lines
}

/// Every prompt's every answer is there once.
fn assert_whole(bench: &Bench, prompts: usize, each: u64) {
    let records = lines(bench, "answers.jsonl");
    let known: HashSet<(String, u64)> = records
        .iter()
        .map(|r| {
            (
                r["id"].as_str().unwrap().to_owned(),
                r["repetition"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(known.len(), records.len(), "an answer stands twice");
    for i in 1..=prompts {
        for repetition in 1..=each {
            assert!(
                known.contains(&(format!("p{i}"), repetition)),
                "p{i} {repetition}"
            );
        }
    }
    assert_eq!(known.len() as u64, prompts as u64 * each);
}

#[test]
fn answers_are_kept_with_what_was_shown_and_each_request_stands_alone() {
    let server = Server::start(|received, _| answer(received));
    let bench = prompts(5);
    let more = "--answers-per-prompt 2 --system Be_brief. --max-tokens 50 --temperature 0.7 --api-key-env SUSPECT_KEY";
    let done = result(&bench, &server, more, 0);
    assert_eq!(
        (&done["wanted"], &done["answered"], &done["requests"]),
        (&json!(10), &json!(10), &json!(10))
    );
    assert_whole(&bench, 5, 2);
    for received in server.received() {
        assert_eq!(received.path, "/v1/chat/completions");
        assert_eq!(
            received.authorization.as_deref(),
            Some(&*format!("Bearer {KEY}"))
        );
        assert_eq!(received.body["messages"].as_array().unwrap().len(), 2);
        assert_eq!(
            received.body["messages"][0],
            json!({"role": "system", "content": "Be_brief."})
        );
        assert_eq!(
            (&received.body["max_tokens"], &received.body["temperature"]),
            (&json!(50), &json!(0.7))
        );
    }
    for record in lines(&bench, "answers.jsonl") {
        assert_eq!(record["system"], "Be_brief.");
        let prompt = record["prompt"].as_str().unwrap();
        assert_eq!(record["response"], format!("You said {prompt}."));
    }
    // Asked again, nothing is asked.
    let again = result(&bench, &server, more, 0);
    assert_eq!(
        (&again["already"], &again["requests"]),
        (&json!(10), &json!(0))
    );
    assert_eq!(server.received().len(), 10);
}

#[test]
fn the_log_holds_every_exchange_with_its_digests_and_never_the_key() {
    use std::fmt::Write as _;
    let server = Server::start(|received, count| match count {
        // An endpoint that repeats the key it was given.
        0 => Reply::Status(
            500,
            "",
            "{\"error\": \"key sk-test-4711-abcdefgh is tired\"}",
        ),
        1 => Reply::Bytes(b"\xff\xfe".to_vec()),
        _ => answer(received),
    });
    let bench = prompts(1);
    bench.write("key", format!("{KEY}\n"));
    std::fs::set_permissions(
        bench.path("key"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    let ran = collect(&bench, &server, "--api-key-file key");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let log = bench.read("answers.log.jsonl");
    for text in [&log, &bench.read("answers.jsonl"), &ran.stdout, &ran.stderr] {
        assert!(!text.contains(KEY), "{text}");
    }
    let exchanges = exchanges(&bench);
    assert_eq!(exchanges.len(), 3);
    let sha256 = |text: &str| {
        let mut child = Command::new("sha256sum")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        String::from_utf8(output.stdout).unwrap()[..64].to_owned()
    };
    for (i, exchange) in exchanges.iter().enumerate() {
        assert_eq!(exchange["attempt"], i + 1);
        assert_eq!(
            exchange["request_sha256"],
            sha256(exchange["request"].as_str().unwrap())
        );
        let time = exchange["time"].as_str().unwrap();
        assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
    }
    assert_eq!(
        (&exchanges[0]["status"], &exchanges[0]["key_blotted"]),
        (&json!(500), &json!(true))
    );
    let blotted = exchanges[0]["response"].as_str().unwrap();
    assert!(blotted.contains("[API key]"), "{blotted}");
    assert_eq!(
        exchanges[0]["response_sha256"],
        sha256(&blotted.replace("[API key]", KEY))
    );
    assert_eq!(exchanges[1]["response_hex"], "fffe");
    assert_eq!(
        exchanges[2]["response_sha256"],
        sha256(exchanges[2]["response"].as_str().unwrap())
    );
    let mut events = String::new();
    for line in lines(&bench, "answers.log.jsonl") {
        let _ = write!(events, "{} ", line["event"].as_str().unwrap());
    }
    assert_eq!(events, "start exchange exchange exchange end ");
}

#[test]
fn whatever_fails_is_tried_again() {
    let server = Server::start(|received, count| match count {
        1 => Reply::Status(500, "", "oops"),
        2 => Reply::Status(429, "retry-after: 0\r\n", "{}"),
        3 => Reply::CloseMidBody,
        4 => Reply::Bytes(b"<html>no JSON".to_vec()),
        5 => Reply::Json(json!({"choices": []})),
        6 => Reply::Json(json!({"error": {"message": "overloaded"}})),
        7 => Reply::Stall,
        8 => Reply::Bytes(vec![]),
        _ => answer(received),
    });
    let bench = prompts(2);
    let done = result(
        &bench,
        &server,
        "--retries 8 --timeout 1 --concurrency 1",
        0,
    );
    assert_eq!(done["requests"], 10);
    assert_whole(&bench, 2, 1);
    let reasons: Vec<String> = exchanges(&bench)
        .iter()
        .map(|e| e["failed"].as_str().unwrap_or("-").to_owned())
        .collect();
    for (reason, part) in reasons.iter().zip([
        "-",
        "status 500: oops",
        "status 429",
        "broke off",
        "no JSON",
        "choices[0]",
        "overloaded",
        "no answer in time",
        "no JSON",
        "-",
    ]) {
        assert!(reason.contains(part), "{reasons:?}");
    }
}

/// A client that does not wait as asked would send a third request.
#[test]
fn retry_after_holds_every_worker() {
    let mut until = None;
    let server = Server::start(move |received, _| {
        let until = *until.get_or_insert_with(|| Instant::now() + Duration::from_millis(990));
        if Instant::now() < until {
            Reply::Status(429, "retry-after: 1\r\n", "slow down")
        } else {
            answer(received)
        }
    });
    let bench = prompts(3);
    let done = result(&bench, &server, "--concurrency 1 --retries 1", 0);
    assert_eq!(done["requests"], 4);
    let long = Server::start(|_, _| Reply::Status(503, "retry-after: 86400\r\n", "tomorrow"));
    let bench = prompts(1);
    let ran = collect(&bench, &long, "");
    assert_eq!((ran.status, long.received().len()), (2, 1));
    assert!(
        ran.stderr.contains("86400") && ran.stderr.contains("run the same command again"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_prompt_that_cannot_be_answered_is_named_and_the_rest_goes_on() {
    let server = Server::start(|received, _| match received.prompt() {
        "word2" => Reply::Status(400, "", "this prompt is not allowed"),
        "word4" => Reply::Bytes(vec![b' '; (16 << 20) + 1]),
        "word5" => Reply::Status(500, "", "again and again"),
        _ => answer(received),
    });
    let bench = prompts(6);
    let part = result(&bench, &server, "--retries 2", 2);
    assert_eq!(part["answered"], 3);
    let mut failed: Vec<(String, String)> = part["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            (
                f["id"].as_str().unwrap().to_owned(),
                f["reason"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    failed.sort();
    let ids: Vec<&str> = failed.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["p2", "p4", "p5"]);
    assert!(
        failed[0].1.contains("not allowed") && failed[1].1.contains("16 MiB"),
        "{failed:?}"
    );
    let asked = server.received().len();
    assert_eq!(asked, 3 + 1 + 1 + 3);
    // The same command goes on with what is missing.
    server.behave(|received, _| answer(received));
    let rest = result(&bench, &server, "--retries 2", 0);
    assert_eq!(
        (&rest["already"], &rest["answered"]),
        (&json!(3), &json!(3))
    );
    assert_whole(&bench, 6, 1);
}

#[test]
fn a_torn_line_is_put_aside_and_written_again() {
    let server = Server::start(|received, _| answer(received));
    let bench = prompts(4);
    result(&bench, &server, "--concurrency 1", 0);
    for name in ["answers.jsonl", "answers.log.jsonl"] {
        let text = bench.read(name);
        bench.write(name, &text[..text.len() - 20]);
    }
    let mended = result(&bench, &server, "", 0);
    assert_eq!(
        mended["torn"],
        json!(["answers.jsonl.torn", "answers.log.jsonl.torn"])
    );
    // What the log has is written again and not asked for again: another answer would be a choice.
    assert_eq!(
        (&mended["already"], &mended["answered"]),
        (&json!(4), &json!(0))
    );
    assert_eq!(server.received().len(), 4);
    assert!(
        bench
            .read("answers.jsonl.torn")
            .starts_with("{\"id\":\"p4\"")
    );
    assert_whole(&bench, 4, 1);
}

#[test]
fn files_of_another_way_of_asking_are_refused() {
    let server = Server::start(|received, _| answer(received));
    let bench = prompts(2);
    result(&bench, &server, "--temperature 1", 0);
    let before = bench.read("answers.jsonl");
    let ends = |more: &str, part: &str, status: i32| {
        let ran = collect(&bench, &server, more);
        assert_eq!(ran.status, status, "{more}");
        assert!(
            ran.stderr.contains(part) && ran.stderr.contains("hint:"),
            "{more}: {}",
            ran.stderr
        );
        assert_eq!(ran.stdout, "");
    };
    let refused = |more: &str, part: &str| ends(more, part, 2);
    refused("--temperature 0.5", "temperature = 1.0");
    refused("--temperature 1 --dialect vllm", "dialect");
    refused("", "temperature");
    refused("--temperature 1 --system Other", "p1");
    refused("--temperature 1 --log new.jsonl", "new.jsonl is not");
    refused("--temperature 1 --log answers.jsonl", "one file");
    assert_eq!(bench.read("answers.jsonl"), before);
    bench.write("answers.jsonl", format!("{before}{before}"));
    ends("--temperature 1", "answers.jsonl:3", 3);
    bench.write("answers.jsonl", "{\"text\": \"something else\"}\n");
    ends("--temperature 1", "answers.jsonl:1", 2);
    bench.write(
        "answers.jsonl",
        before.replace("\"response\":\"", "\"response\":\"No. "),
    );
    ends("--temperature 1", "the answer was changed", 3);
    assert_eq!(server.received().len(), 2);
}

#[test]
fn a_refusal_that_concerns_every_request_stops_at_once() {
    for (status, part) in [(401, "API key"), (404, "--dialect"), (302, "address")] {
        let server = Server::start(move |_, _| {
            Reply::Status(status, "location: http://127.0.0.1:1/\r\n", "go away")
        });
        let bench = prompts(50);
        let ran = collect(&bench, &server, "--concurrency 2 --api-key-env SUSPECT_KEY");
        assert_eq!(ran.status, 2);
        assert!(
            ran.stderr.contains("go away") && ran.stderr.contains(part),
            "{}",
            ran.stderr
        );
        assert!(server.received().len() <= 2, "{}", server.received().len());
        assert_eq!(exchanges(&bench).len(), server.received().len());
    }
    // The first request's fault may be all requests'; later, ten in a row are.
    let server = Server::start(|received, count| match count {
        0 => answer(received),
        _ => Reply::Status(422, "", "no"),
    });
    let bench = prompts(50);
    let ran = collect(&bench, &server, "--concurrency 1");
    assert!(
        ran.status == 2 && ran.stderr.contains("10 requests in a row"),
        "{}",
        ran.stderr
    );
    let server = Server::start(|_, _| Reply::Status(422, "", "no"));
    let ran = collect(&prompts(50), &server, "--concurrency 8");
    assert!(
        ran.status == 2 && ran.stderr.contains("put another one first"),
        "{}",
        ran.stderr
    );
    assert_eq!(server.received().len(), 1);
}

#[test]
fn an_interrupt_ends_cleanly_and_the_rest_is_asked_later() {
    let server = Server::start(|received, _| answer(received));
    let bench = prompts(100);
    let more = "--rate 1200 --concurrency 2";
    let mut child = command(&bench, &server, more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    server.await_requests(3);
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let stopped = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(stopped.status, 2, "{}", stopped.stderr);
    let value: Value = serde_json::from_str(&stopped.stdout).unwrap();
    check_schema(&value);
    assert_eq!(value["stopped"], true);
    assert_eq!(value["answered"], server.received().len());
    // Killed in the middle, nothing is lost and nothing asked twice but what was under way.
    child = command(&bench, &server, more)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    server.await_requests(20);
    child.kill().unwrap();
    child.wait().unwrap();
    result(&bench, &server, "--rate 100000", 0);
    assert_whole(&bench, 100, 1);
    assert!(
        server.received().len() <= 102,
        "{}",
        server.received().len()
    );
}

#[test]
fn two_runs_do_not_write_one_file() {
    let server = Server::start(|received, count| {
        if count == 0 {
            Reply::Stall
        } else {
            answer(received)
        }
    });
    let bench = prompts(1);
    let mut first = command(&bench, &server, "")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    server.await_requests(1);
    let second = collect(&bench, &server, "");
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(second.status, 2);
    assert!(second.stderr.contains("another run"), "{}", second.stderr);
}

#[test]
fn completions_chats_and_added_fields_are_sent_as_the_interface_wants() {
    let server = Server::start(|received, _| match received.path.as_str() {
        "/v1/completions" => Reply::Json(
            json!({"choices": [{"text": " of it", "logprobs": {"tokens": [" of", " it"]}}]}),
        ),
        _ => Reply::Json(json!({"choices": [{"message": {"content": "Yes."},
            "logprobs": {"content": [{"token": "Yes", "logprob": -0.1, "top_logprobs": []}]}}]})),
    });
    let bench = prompts(1);
    let extra = r#"{"seed": 5}"#;
    let mut plain = command(&bench, &server, "--api completions --logprobs 5");
    assert!(
        plain
            .args(["--body", extra])
            .output()
            .unwrap()
            .status
            .success()
    );
    let received = &server.received()[0];
    assert_eq!(
        received.body,
        json!({"model": "suspect-1", "prompt": "word1", "logprobs": 5, "seed": 5})
    );
    let record = &lines(&bench, "answers.jsonl")[0];
    assert_eq!(record["logprobs"], json!({"tokens": [" of", " it"]}));
    let chat = Bench::new();
    chat.write(
        "prompts.jsonl",
        r#"{"messages": [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "B."}, {"role": "user", "content": "C?"}]}"#,
    );
    result(&chat, &server, "--logprobs 2", 0);
    let record = &lines(&chat, "answers.jsonl")[0];
    assert_eq!(
        record["messages"][3],
        json!({"role": "assistant", "content": "Yes."})
    );
    assert_eq!(record["logprobs"]["content"][0]["token"], "Yes");
    assert_eq!(server.received()[1].body["top_logprobs"], 2);
    let ran = collect(&chat, &server, "--api completions");
    assert!(ran.status == 2, "{}", ran.stderr);
}

/// What `collect` writes is what `examine` reads, log-probabilities or not.
#[test]
fn answers_are_examined_as_they_are() {
    let marked = Bench::new();
    marked.key("mine.key");
    marked.ok("profile new --out p.toml");
    marked.ok("mark --key mine.key --profile p.toml --tokens 2000 --seed 3 --out marked.jsonl");
    let answers: Vec<(String, String)> = lines(&marked, "marked.jsonl")
        .iter()
        .map(|r| {
            (
                r["prompt"].as_str().unwrap().to_owned(),
                r["text"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let asked: Vec<String> = answers
        .iter()
        .map(|(prompt, _)| json!({"prompt": prompt}).to_string())
        .collect();
    marked.write("prompts.jsonl", asked.join("\n"));
    let server = Server::start(move |received, _| {
        let text = &answers
            .iter()
            .find(|(prompt, _)| prompt == received.prompt())
            .unwrap()
            .1;
        let tokens: Vec<Value> = text
            .split_inclusive(' ')
            .map(|word| json!({"token": word, "logprob": -1.0, "top_logprobs": [{"token": word, "logprob": -1.0}]}))
            .collect();
        Reply::Json(
            json!({"choices": [{"message": {"content": text}, "logprobs": {"content": tokens}}]}),
        )
    });
    result(&marked, &server, "--logprobs 1", 0);
    let found = marked.json("examine --key mine.key --profile p.toml --decoys 9 answers.jsonl");
    assert_eq!(found["counts"]["exposure_unknown"], 0);
    assert!(
        found["tests"][0]["log10_p"].as_f64().unwrap() < -20.0,
        "{}",
        found["tests"][0]
    );
}

#[test]
fn what_cannot_be_asked_is_refused_before_anything_is_sent() {
    let server = Server::start(|received, _| answer(received));
    let bench = prompts(1);
    for (name, text, part) in [
        ("a", "{\"prompt\": \"x\"}\nnot JSON\n", "prompts.jsonl:2"),
        ("b", "{\"text\": \"x\"}\n", "neither"),
        ("c", "\n\n", "no prompt"),
        (
            "d",
            "{\"prompt\": \"x\"}\n{\"prompt\": \"x\"}\n",
            "line 1 already",
        ),
        (
            "e",
            "{\"id\": 1, \"prompt\": \"x\"}\n{\"id\": \"1\", \"prompt\": \"y\"}\n",
            "line 1 already",
        ),
    ] {
        bench.write("prompts.jsonl", text);
        let ran = collect(&bench, &server, "");
        assert_eq!(ran.status, 2, "{name}");
        assert!(
            ran.stderr.contains(part) && ran.stderr.contains("hint:"),
            "{name}: {}",
            ran.stderr
        );
    }
    bench.write("prompts.jsonl", "{\"prompt\": \"x\"}\n");
    bench.write("open.key", KEY);
    std::fs::set_permissions(
        bench.path("open.key"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    for (more, part) in [
        ("--api-key-env NOT_SET", "NOT_SET is not set"),
        ("--api-key-file open.key", "mode 0644"),
        ("--body [1]", "--body"),
        ("--body {\"stream\":true}", "stream"),
        ("--rate 0", "rate"),
        ("--timeout 0", "time limit"),
        ("--timeout -1", "unexpected argument"),
        ("--temperature NaN", "temperature"),
    ] {
        let ran = collect(&bench, &server, more);
        assert_eq!(ran.status, 2, "{more}");
        assert!(ran.stderr.contains(part), "{more}: {}", ran.stderr);
    }
    for (endpoint, told) in [
        ("ftp://h", "ftp://h"),
        ("http://example.com/v1", "http://example.com/v1"),
        ("https://u:p@h/v1", "https://…@h/v1"),
    ] {
        let line = format!(
            "collect --endpoint {endpoint} --model m --prompts prompts.jsonl --out o.jsonl --api-key-file key"
        );
        bench.write("key", KEY);
        std::fs::set_permissions(
            bench.path("key"),
            std::os::unix::fs::PermissionsExt::from_mode(0o600),
        )
        .unwrap();
        bench.refused(&line, 2, &[told, "hint:"]);
        assert!(!bench.path("o.jsonl").exists());
    }
    assert_eq!(server.received().len(), 0);
    assert!(!bench.path("answers.jsonl").exists());
}
