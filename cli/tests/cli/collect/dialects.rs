//! Every dialect, and what endpoints say in each, against a server on this machine.

use super::server::{Received, Reply, Server};
use super::{KEY, collect, command, exchanges, lines, prompts, result};
use crate::bench::{Bench, Ran};
use serde_json::{Value, json};
use std::time::Instant;

/// What an endpoint of the dialect answers.
fn spoken(dialect: &str, received: &Received) -> Value {
    let said = format!("You said {}.", received.prompt());
    let step = |id: u32| json!([-0.5, id, null]);
    match dialect {
        "responses" => {
            json!({"object": "response", "model": "m-1", "status": "completed", "error": null, "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
            {"type": "message", "content": [{"type": "output_text", "text": said}]}]})
        }
        "anthropic" => json!({"type": "message", "model": "m-1", "stop_reason": "end_turn",
            "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": said}]}),
        "sglang" => json!({"text": said, "meta_info": {"finish_reason": {"type": "stop"},
            "output_token_logprobs": [step(84), step(260)]}}),
        "completions" => {
            json!({"model": "m-1", "choices": [{"text": said, "finish_reason": "stop"}]})
        }
        "vllm-completions" => {
            json!({"model": "m-1", "choices": [{"text": said, "finish_reason": "stop",
            "token_ids": [84, 260], "prompt_token_ids": [7]}]})
        }
        "vllm" => json!({"model": "m-1", "prompt_token_ids": [7], "choices": [
            {"message": {"content": said, "reasoning": "Hm."}, "finish_reason": "stop", "token_ids": [84, 260]}]}),
        _ => json!({"model": "m-1", "system_fingerprint": "f", "choices": [
            {"message": {"content": said, "reasoning_content": "Hm."}, "finish_reason": "stop"}]}),
    }
}

fn run(bench: &Bench, endpoint: &str, more: &str) -> Ran {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hallmark"));
    command
        .args([
            "--format",
            "json",
            "collect",
            "--model",
            "m-1",
            "--prompts",
            "prompts.jsonl",
            "--out",
            "answers.jsonl",
        ])
        .args(["--pause", "0.001", "--endpoint", endpoint])
        .args(more.split_whitespace())
        .current_dir(bench.path(""))
        .env("SUSPECT_KEY", KEY)
        .env("NO_PROXY", "*");
    Ran::from(command.output().unwrap())
}

#[test]
fn every_dialect_is_asked_in_its_own_way_and_its_answers_are_alike() {
    for (dialect, path, key_header, ids, reasoning) in [
        ("chat", "/v1/chat/completions", "authorization", false, true),
        (
            "completions",
            "/v1/completions",
            "authorization",
            false,
            false,
        ),
        ("responses", "/v1/responses", "authorization", false, true),
        ("anthropic", "/v1/messages", "x-api-key", false, true),
        (
            "azure",
            "/openai/deployments/m-1/chat/completions?api-version=1",
            "api-key",
            false,
            true,
        ),
        ("vllm", "/v1/chat/completions", "authorization", true, true),
        (
            "vllm-completions",
            "/v1/completions",
            "authorization",
            true,
            false,
        ),
        ("sglang", "/generate", "authorization", true, false),
    ] {
        let server = Server::start(move |received, _| Reply::Json(spoken(dialect, received)));
        let bench = prompts(2);
        let endpoint = match dialect {
            "azure" => format!("{}?api-version=1", server.root()),
            "sglang" => server.root(),
            _ => server.endpoint(),
        };
        let more = format!("--dialect {dialect} --max-tokens 50 --api-key-env SUSPECT_KEY");
        let ran = run(&bench, &endpoint, &more);
        assert_eq!(ran.status, 0, "{dialect}: {}{}", ran.stdout, ran.stderr);
        let done: Value = serde_json::from_str(&ran.stdout).unwrap();
        crate::bench::check_schema(&done);
        assert_eq!(
            (&done["answered"], &done["dialect"]),
            (&json!(2), &json!(dialect))
        );
        for received in server.received() {
            assert_eq!(received.path, path);
            assert!(
                received.header(key_header).unwrap().ends_with(KEY),
                "{dialect}"
            );
            let keys = ["authorization", "x-api-key", "api-key"]
                .iter()
                .filter(|name| received.header(name).is_some());
            assert_eq!(keys.count(), 1, "{dialect}");
        }
        for (record, i) in lines(&bench, "answers.jsonl").iter().zip(1..) {
            assert_eq!(
                record["response"],
                format!("You said word{i}."),
                "{dialect}"
            );
            assert_eq!(
                record["reasoning_content"].is_string(),
                reasoning,
                "{dialect}: {record}"
            );
            assert!(record["finish_reason"].is_string(), "{dialect}");
            let expected = if ids { json!([84, 260]) } else { Value::Null };
            assert_eq!(record["response_tokens"], expected, "{dialect}");
        }
        // What was kept is what the log has.
        let again = run(&bench, &endpoint, &more);
        assert_eq!(
            (again.status, server.received().len()),
            (0, 2),
            "{dialect}: {}",
            again.stderr
        );
        if ids {
            let text = bench.read("answers.jsonl").replace("[84,260]", "[84,261]");
            bench.write("answers.jsonl", text);
            let ran = run(&bench, &endpoint, &more);
            assert!(
                ran.status == 3 && ran.stderr.contains("response_tokens was changed"),
                "{}",
                ran.stderr
            );
        }
    }
}

#[test]
fn a_header_of_ones_own_takes_the_key_and_a_key_in_an_address_is_refused() {
    let server = Server::start(|received, _| Reply::Json(spoken("chat", received)));
    let bench = prompts(1);
    let ran = run(
        &bench,
        &format!("{}?api-version=1", server.endpoint()),
        "--api-key-env SUSPECT_KEY --api-key-header api-key",
    );
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let received = &server.received()[0];
    assert_eq!(
        (received.header("api-key"), received.header("authorization")),
        (Some(KEY), None)
    );
    assert_eq!(received.path, "/v1/chat/completions?api-version=1");
    let ran = run(&bench, &format!("{}?api_key=abc", server.endpoint()), "");
    assert!(
        ran.status == 2 && ran.stderr.contains("holds a key"),
        "{}",
        ran.stderr
    );
}

#[test]
fn waits_in_milliseconds_are_kept_to() {
    let mut first = None;
    let server = Server::start(move |received, count| {
        let since = first.get_or_insert_with(Instant::now).elapsed().as_millis();
        match count {
            0 => Reply::Status(
                429,
                "retry-after-ms: 300\r\n",
                r#"{"error": {"code": "rate_limit_exceeded"}}"#,
            ),
            _ if since < 300 => Reply::Status(500, "", "too early"),
            1 => Reply::Bytes(
                br#"{"error": {"code": 429, "message": "slow", "retry_after_ms": 40}}"#.to_vec(),
            ),
            _ => Reply::Json(spoken("chat", received)),
        }
    });
    let bench = prompts(1);
    result(&bench, &server, "", 0);
    let times: Vec<_> = exchanges(&bench)
        .iter()
        .map(|exchange| exchange["time"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(times.len(), 3, "{times:?}");
}

#[test]
fn what_concerns_all_requests_costs_one() {
    for (status, body, part) in [
        (
            429,
            r#"{"error": {"message": "no credit", "code": "insufficient_quota"}}"#,
            "waiting does not help",
        ),
        (
            200,
            r#"{"error": {"code": 401, "message": "no such key"}}"#,
            "API key",
        ),
        (
            400,
            r#"{"error": {"message": "no", "param": "max_tokens", "code": "unsupported_parameter"}}"#,
            r#"{"max_completion_tokens":60}"#,
        ),
        (
            422,
            r#"{"detail": [{"loc": ["body", "temperature"], "msg": "no"}]}"#,
            "--temperature",
        ),
    ] {
        let server = Server::start(move |_, _| Reply::Status(status, "", body));
        let bench = prompts(12);
        let ran = collect(
            &bench,
            &server,
            "--max-tokens 60 --temperature 1 --concurrency 6",
        );
        assert!(
            ran.status == 2 && ran.stderr.contains(part),
            "{body}: {}",
            ran.stderr
        );
        assert_eq!(server.received().len(), 1, "{body}");
    }
}

#[test]
fn answers_without_text_are_no_answers_and_changes_of_the_model_are_said() {
    let server = Server::start(|received, count| {
        let choice = match received.prompt() {
            "word2" => {
                json!({"message": {"content": "", "reasoning_content": "Long."}, "finish_reason": "length"})
            }
            "word3" => {
                json!({"message": {"content": null, "refusal": "No."}, "finish_reason": "stop"})
            }
            "word4" if count < 4 => {
                json!({"message": {"content": "The ri"}, "finish_reason": "error"})
            }
            "word5" => {
                json!({"message": {"content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "A gate."}]}, "finish_reason": "length"})
            }
            _ => json!({"message": {"content": "Yes."}, "finish_reason": "stop"}),
        };
        let model = if received.prompt() == "word5" {
            "large"
        } else {
            "small"
        };
        Reply::Json(json!({"model": model, "choices": [choice]}))
    });
    let bench = prompts(5);
    let done = result(&bench, &server, "--concurrency 1", 0);
    assert_eq!(
        (&done["answered"], &done["without_text"], &done["requests"]),
        (&json!(3), &json!(2), &json!(6))
    );
    let ending = |reason: &str| {
        let endings = done["endings"].as_array().unwrap();
        endings
            .iter()
            .find(|ending| ending["finish_reason"] == reason)
            .unwrap()
            .clone()
    };
    assert_eq!(
        ending("length"),
        json!({"finish_reason": "length", "answers": 2, "without_text": 1, "reasoning_only": 1})
    );
    assert_eq!(ending("refusal")["without_text"], 1);
    assert_eq!(done["answering"].as_array().unwrap().len(), 2);
    let records = lines(&bench, "answers.jsonl");
    assert_eq!(
        (&records[1]["reasoning_content"], &records[4]["response"]),
        (&json!("Long."), &json!("A gate."))
    );
    // They came: nothing is asked again, and the words are of all runs.
    let mut again = command(&bench, &server, "");
    let again = Ran::from(again.args(["--format", "human"]).output().unwrap());
    assert_eq!(
        (again.status, server.received().len()),
        (0, 6),
        "{}",
        again.stderr
    );
    for part in [
        "3 of 5 answers",
        "hold no text (finish_reason length, 1 of them with reasoning only)",
        "not one model answered",
    ] {
        assert!(again.stdout.contains(part), "{}", again.stdout);
    }
    let silent = Server::start(|_, _| {
        Reply::Json(json!({"choices": [{"message": {"content": ""}, "finish_reason": "length"}]}))
    });
    let ran = collect(&prompts(30), &silent, "--concurrency 1");
    assert!(
        ran.status == 2 && ran.stderr.contains("raise --max-tokens"),
        "{}",
        ran.stderr
    );
    assert!(silent.received().len() <= 11, "{}", silent.received().len());
}

#[test]
fn a_batch_brings_the_same_records_as_a_run() {
    for dialect in ["chat", "completions", "responses", "anthropic"] {
        let server = Server::start(move |received, _| Reply::Json(spoken(dialect, received)));
        let live = prompts(3);
        let asked = format!("--dialect {dialect} --max-tokens 50 --answers-per-prompt 2");
        result(&live, &server, &format!("{asked} --concurrency 1"), 0);

        let bench = prompts(3);
        let batch = |more: &str| {
            format!(
                "collect --model m-1 --prompts prompts.jsonl --out answers.jsonl {asked} {more}"
            )
        };
        bench.ok(&batch("--write-batch requests.jsonl"));
        let requests = lines(&bench, "requests.jsonl");
        assert_eq!(requests.len(), 6);
        let outcome = |request: &Value, failed: bool| {
            let body = request
                .get("body")
                .or(request.get("params"))
                .unwrap()
                .clone();
            let received = Received {
                path: String::new(),
                authorization: None,
                headers: vec![],
                body,
            };
            let answer = spoken(dialect, &received);
            let id = &request["custom_id"];
            match (dialect, failed) {
                ("anthropic", false) => {
                    json!({"custom_id": id, "result": {"type": "succeeded", "message": answer}})
                }
                ("anthropic", true) => json!({"custom_id": id, "result": {"type": "expired"}}),
                (_, false) => {
                    json!({"id": "b", "custom_id": id, "response": {"status_code": 200, "request_id": "r", "body": answer}, "error": null})
                }
                (_, true) => {
                    json!({"id": "b", "custom_id": id, "response": null, "error": {"code": "batch_expired", "message": "late"}})
                }
            }
        };
        // In another order, one of them expired and one missing.
        let results: Vec<String> = requests[1..]
            .iter()
            .rev()
            .map(|request| outcome(request, *request == requests[5]).to_string())
            .collect();
        bench.write("results.jsonl", results.join("\n"));
        let strange = format!(
            "{}\n{}",
            results[0],
            results[0].replace("hallmark-", "other-")
        );
        bench.write("strange.jsonl", strange);
        bench.refused(
            &batch("--read-batch strange.jsonl"),
            2,
            &["strange.jsonl:2", "of no request"],
        );
        bench.write("twice.jsonl", format!("{}\n{}", results[0], results[0]));
        bench.refused(
            &batch("--read-batch twice.jsonl"),
            2,
            &["twice.jsonl:2", "line 1 already"],
        );
        assert!(bench.read("answers.jsonl").is_empty());
        let read = bench.run(&batch("--read-batch results.jsonl"));
        assert_eq!(read.status, 2, "{dialect}: {}", read.stderr);
        assert!(
            read.stdout.contains("the batch has no result for it"),
            "{dialect}: {}",
            read.stdout
        );
        let records = lines(&bench, "answers.jsonl");
        assert_eq!(records.len(), 4, "{dialect}");
        // What is missing makes the next batch, and both together are the run.
        bench.ok(&batch("--write-batch rest.jsonl"));
        let rest: Vec<String> = lines(&bench, "rest.jsonl")
            .iter()
            .map(|request| outcome(request, false).to_string())
            .collect();
        assert_eq!(rest.len(), 2);
        bench.write("rest-results.jsonl", rest.join("\n"));
        bench.ok(&batch("--read-batch rest-results.jsonl"));
        let sorted = |bench: &Bench| {
            let mut records = lines(bench, "answers.jsonl");
            records.sort_by_key(ToString::to_string);
            records
        };
        assert_eq!(sorted(&bench), sorted(&live), "{dialect}");
        bench.refused(
            &batch("--write-batch none.jsonl"),
            2,
            &["nothing left to ask"],
        );
    }
}
