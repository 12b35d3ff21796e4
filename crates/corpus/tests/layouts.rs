//! Layouts by name: what common services and tools export, and what is read of it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;
use std::path::PathBuf;

use serde_json::json;

use hallmark_corpus::{FieldMap, Layout, Piece, ReadOptions, Reader, Record, Requests, Skipped};

fn example(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/records");
    PathBuf::from(folder).join(name)
}

fn read(name: &str, options: &ReadOptions) -> (Vec<Record>, Reader) {
    let mut reader = Reader::open(example(name), options).unwrap();
    let records = reader
        .by_ref()
        .map(|record| record.unwrap_or_else(|error| panic!("{error}")));
    (records.collect(), reader)
}

fn of_json(json: &str, options: &ReadOptions) -> (Vec<Record>, Reader) {
    let lines = json.to_owned();
    let mut reader = Reader::from_read("in.jsonl", Cursor::new(lines), options).unwrap();
    let records = reader
        .by_ref()
        .map(|record| record.unwrap_or_else(|error| panic!("{error}\n{json}")));
    (records.collect(), reader)
}

fn all_turns() -> ReadOptions {
    ReadOptions {
        all_turns: true,
        ..ReadOptions::default()
    }
}

fn texts(records: &[Record]) -> Vec<&str> {
    records
        .iter()
        .map(|record| record.body.text().unwrap())
        .collect()
}

fn shown(record: &Record, text: &str) -> bool {
    record.shown().any(|shown| shown.contains(text))
}

/// The same two answers in every layout: each is told, and read whole, with its prompt as shown where the record has it.
#[test]
fn every_layout_is_told_and_read_whole() {
    let (plain, _) = read("answer.jsonl", &ReadOptions::default());
    let answers = texts(&plain);
    let prompts = ["Speak of the gate.", "Speak of the river."];
    for (name, layout, known, failed) in [
        ("answer.jsonl", "answer", true, 0),
        ("answer.csv", "answer", true, 0),
        ("chat.tsv", "chat", true, 0),
        ("document.jsonl", "document", false, 0),
        ("openai-chat.jsonl", "openai-chat", true, 0),
        ("openai-completions.jsonl", "openai-completions", true, 0),
        ("openai-responses.jsonl", "openai-responses", true, 0),
        ("openai-batch-output.jsonl", "openai-batch", false, 1),
        ("anthropic-messages.jsonl", "anthropic-messages", true, 0),
        ("anthropic-batch.jsonl", "anthropic-batch", false, 1),
        ("gemini.jsonl", "gemini", true, 1),
        ("sharegpt.jsonl", "sharegpt", true, 0),
        ("alpaca.jsonl", "alpaca", true, 0),
        ("generated-text.jsonl", "generated-text", true, 0),
        ("completion.jsonl", "completion", true, 0),
        ("opentelemetry.jsonl", "opentelemetry", true, 0),
        ("langfuse.jsonl", "langfuse", true, 1),
        ("litellm.jsonl", "litellm", true, 0),
        ("chatgpt.jsonl", "chatgpt", true, 0),
        ("claude-ai.jsonl", "claude-ai", true, 0),
        ("ollama.jsonl", "ollama", true, 0),
        ("cohere.jsonl", "cohere", true, 0),
        ("vllm-offline.jsonl", "vllm-offline", true, 0),
        ("bedrock.jsonl", "bedrock", true, 0),
        ("bedrock-batch.jsonl", "bedrock-batch", true, 0),
        ("langsmith.jsonl", "langsmith", true, 0),
    ] {
        let (records, reader) = read(name, &ReadOptions::default());
        assert_eq!(texts(&records), answers, "{name}");
        for (at, record) in records.iter().enumerate() {
            assert_eq!(record.origin.layout.name(), layout, "{name}");
            assert_eq!(record.exposure_known, known, "{name}");
            let prompt = match layout {
                "openai-completions" => prompts[0],
                _ => prompts[at],
            };
            assert_eq!(
                shown(record, prompt),
                known,
                "{name}: {:?}",
                record.exposure
            );
            let start = &answers[at][..40];
            assert!(!shown(record, start), "{name}: {:?}", record.exposure);
        }
        assert_eq!(reader.skipped().failed, failed, "{name}");
        // Said by name, the layout is read in the same way.
        let forced = ReadOptions {
            layout: Some(layout.parse().unwrap()),
            ..ReadOptions::default()
        };
        assert_eq!(read(name, &forced).0, records, "{name}");
    }
}

#[test]
fn a_layout_that_is_said_is_not_read_as_another() {
    let said = ReadOptions {
        layout: Some(Layout::Alpaca),
        ..ReadOptions::default()
    };
    let mut reader = Reader::open(example("answer.jsonl"), &said).unwrap();
    assert!(reader.next().unwrap().is_err());
}

#[test]
fn batches_are_joined_with_their_requests_by_custom_id() {
    let requests = Requests::read(
        [example("openai-batch-input.jsonl")],
        &ReadOptions::default(),
    )
    .unwrap();
    let options = ReadOptions {
        requests: Some(std::sync::Arc::new(requests)),
        ..ReadOptions::default()
    };
    let (records, reader) = read("openai-batch-output.jsonl", &options);
    assert!(records.iter().all(|record| record.exposure_known));
    assert!(shown(&records[0], "Speak of the gate.") && !shown(&records[0], "Speak of the river."));
    // What failed is not unanswered too.
    assert_eq!((reader.skipped().failed, reader.unanswered()), (1, 0));
    let causes = &reader.skipped().causes;
    assert_eq!(
        causes["is no answer: the request failed (batch_expired)"], 1,
        "{causes:?}"
    );
}

/// Each turn with what stood before it, and calls of tools by themselves.
#[test]
fn every_turn_and_every_call_of_a_chat_is_an_answer_where_asked() {
    let (last, reader) = read("chat.jsonl", &ReadOptions::default());
    assert_eq!((last.len(), reader.facts().earlier_turns), (1, 1));
    let (records, reader) = read("chat.jsonl", &all_turns());
    let ids: Vec<_> = records
        .iter()
        .map(|record| record.id.as_deref().unwrap())
        .collect();
    assert_eq!(ids, ["c0.2", "c0.4", "c0.4.call0"]);
    assert_eq!(reader.facts().earlier_turns, 0);
    let call = &records[2];
    assert!(call.body.text().unwrap().contains("scene.txt"));
    assert!(shown(call, &texts(&records)[0][..40]) && shown(call, &texts(&records)[1][..40]));
    assert!(!shown(&records[1], "written") && !shown(&records[0], "Speak of the river."));
}

#[test]
fn calls_are_generated_and_results_are_shown_in_every_layout() {
    for json in [
        r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": [{"type": "tool_use", "id": "i", "name": "n", "input": {"text": "the call"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "i", "content": "the result"}]}, {"role": "assistant", "content": [{"type": "text", "text": "the end"}]}]}"#,
        r#"{"contents": [{"role": "user", "parts": [{"text": "q"}]}, {"role": "model", "parts": [{"functionCall": {"name": "n", "args": {"text": "the call"}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "n", "response": {"r": "the result"}}}]}, {"role": "model", "parts": [{"text": "the end"}]}]}"#,
        r#"{"id": "r", "object": "response", "input": [{"role": "user", "content": "q"}, {"type": "function_call", "name": "n", "arguments": "the call", "call_id": "c"},
            {"type": "function_call_output", "call_id": "c", "output": "the result"}], "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "the end"}]}]}"#,
        r#"{"conversations": [{"from": "human", "value": "q"}, {"from": "function_call", "value": "the call"}, {"from": "observation", "value": "the result"}, {"from": "gpt", "value": "the end"}]}"#,
        r#"{"gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "q"}]}, {"role": "assistant", "parts": [{"type": "tool_call", "id": "i", "name": "n", "arguments": {"text": "the call"}}]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "i", "response": "the result"}]}], "gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": "the end"}]}]}"#,
    ] {
        let json = json.replace('\n', "");
        let (records, _) = of_json(&json, &ReadOptions::default());
        assert_eq!(texts(&records), ["the end"], "{json}");
        assert!(shown(&records[0], "the call") && shown(&records[0], "the result"));
        let (records, _) = of_json(&json, &all_turns());
        assert_eq!(texts(&records), ["the call", "the end"], "{json}");
        assert!(
            !shown(&records[0], "the result") && shown(&records[1], "the result"),
            "{json}"
        );
    }
}

/// What an attacker found: text as names of fields, an index of words, a schema, a role.
#[test]
fn names_of_fields_that_are_texts_are_shown() {
    for (value, told) in [
        (
            r#"{"the gate is shut at noon": 0.5, "x": 1}"#,
            "the gate is shut at noon x",
        ),
        (
            r#"{"rows": [{"name of the keeper": {"first": "a"}}]}"#,
            "name of the keeper",
        ),
        (
            r#"{"is shut": [1], "the gate": [0, 2]}"#,
            "the gate is shut the gate",
        ),
    ] {
        let chat = format!(
            r#"{{"messages": [{{"role": "user", "content": "q"}}, {{"role": "tool", "content": {value}}}, {{"role": "assistant", "content": "the end"}}]}}"#
        );
        let fields = format!(r#"{{"prompt": "q", "response": "the end", "context": [{value}]}}"#);
        for record in [chat, fields] {
            let (records, _) = of_json(&record, &ReadOptions::default());
            assert_eq!(texts(&records), ["the end"], "{record}");
            assert!(
                shown(&records[0], told),
                "{record} {:?}",
                records[0].exposure
            );
        }
    }
}

/// A record of many fields, or one whose columns have names of several words, does not show its own answer.
#[test]
fn an_answer_is_not_shown_by_the_names_around_it() {
    let many: String = (0..40).map(|at| format!(r#""f{at}": {at}, "#)).collect();
    let fields = ["prompt=row.User Prompt", "response=row.Model Response"];
    let mapped = ReadOptions {
        fields: hallmark_corpus::FieldMap::parse(fields).unwrap(),
        ..ReadOptions::default()
    };
    for (record, options) in [
        (
            format!(r#"{{{many}"prompt": "q", "response": "the end"}}"#),
            &ReadOptions::default(),
        ),
        (
            format!(
                r#"{{{many}"choices": [{{"message": {{{many}"role": "assistant", "content": "the end"}}}}]}}"#
            ),
            &ReadOptions::default(),
        ),
        (
            r#"{"row": {"User Prompt": "q", "Model Response": "the end"}}"#.to_owned(),
            &mapped,
        ),
    ] {
        let (records, _) = of_json(&record, options);
        assert_eq!(texts(&records), ["the end"], "{record}");
        assert!(!shown(&records[0], "the end"), "{:?}", records[0].exposure);
    }
}

/// Pictures, histories and redacted prompts are not in the record.
#[test]
fn what_stands_elsewhere_is_not_known() {
    for beside in [
        r#""images": ["iVBORw0KGgo"]"#,
        r#""session_id": "s""#,
        r#""parent_message_id": "m""#,
        r#""data_sources": [{"type": "azure_search"}]"#,
        r#""note": "@@@langfuseMedia:type=image/png|id=x@@@""#,
        r#""truncated_cells": ["prompt"]"#,
        r#""input_ids": [1, 2, 3]"#,
        r#""prompt_token_ids": [1, 2, 3]"#,
        r#""extra": {"prompt_ids": "[1, 2, 3]"}"#,
    ] {
        let record = format!(r#"{{"prompt": "q", "response": "the end", {beside}}}"#);
        let (records, _) = of_json(&record, &ReadOptions::default());
        assert!(!records[0].exposure_known, "{record}");
    }
    let hidden: String = "the gate is shut"
        .chars()
        .map(|c| char::from_u32(0xe0000 + u32::from(c)).unwrap())
        .collect();
    let record = format!(r#"{{"prompt": "Read this: {hidden}", "response": "the end"}}"#);
    let (records, _) = of_json(&record, &ReadOptions::default());
    assert!(shown(&records[0], "the gate is shut"));
}

#[test]
fn turns_of_others_and_answers_that_failed_are_none() {
    for (record, failure) in [
        (
            r#"{"role": "user", "text": "a question"}"#,
            "a turn of `user`",
        ),
        (
            r#"{"role": "prompter", "text": "a question"}"#,
            "a turn of `prompter`",
        ),
        (
            r#"{"prompt": "q", "response": "half", "finish_reason": "content_filter"}"#,
            "content_filter",
        ),
        (
            r#"{"prompt": "q", "response": "Error: rate limit", "level": "ERROR"}"#,
            "error",
        ),
        (
            r#"{"prompt": "q", "response": "half", "status": "failure"}"#,
            "failure",
        ),
    ] {
        let lines = format!("{record}\n{{\"text\": \"good\"}}\n");
        let (records, reader) = of_json(&lines, &ReadOptions::default());
        assert_eq!(texts(&records), ["good"], "{record}");
        let said = reader.skipped().first_failed[0].reason.to_string();
        assert!(said.contains(failure), "{record}: {said}");
    }
    let (records, _) = of_json(
        r#"{"role": "assistant", "text": "an answer"}"#,
        &ReadOptions::default(),
    );
    assert_eq!(texts(&records), ["an answer"]);
}

#[test]
fn thoughts_are_shown_wherever_they_stand() {
    for json in [
        r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "reasoning_content": "hm", "content": "the end"}]}"#,
        r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "the end"}]}]}"#,
        r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "the end"}]}]}"#,
        r#"{"contents": [{"role": "user", "parts": [{"text": "q"}]}, {"role": "model", "parts": [{"text": "hm", "thought": true}, {"text": "the end"}]}]}"#,
        r#"{"object": "response", "input": "q", "output": [{"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hm"}]}, {"type": "message", "content": [{"type": "output_text", "text": "the end"}]}]}"#,
    ] {
        for options in [ReadOptions::default(), all_turns()] {
            let (records, _) = of_json(json, &options);
            assert_eq!(texts(&records), ["the end"], "{json}");
            assert!(shown(&records[0], "hm"), "{json}");
        }
    }
}

#[test]
fn what_was_refused_withheld_or_is_missing_is_counted_and_no_answer() {
    for (json, failure) in [
        (
            r#"{"choices": [{"message": {"role": "assistant", "content": null, "refusal": "I can't."}, "finish_reason": "stop"}]}"#,
            "refused",
        ),
        (
            r#"{"choices": [{"message": {"role": "assistant", "content": "Half an"}, "finish_reason": "content_filter"}]}"#,
            "content_filter",
        ),
        (
            r#"{"messages": [], "response": {"error": {"message": "m", "code": "overloaded"}}, "call_type": "completion"}"#,
            "overloaded",
        ),
        (
            r#"{"type": "message", "role": "assistant", "content": [{"type": "text", "text": "I"}], "stop_reason": "refusal"}"#,
            "refusal",
        ),
        (
            r#"{"custom_id": "q", "result": {"type": "expired"}}"#,
            "expired",
        ),
        (
            r#"{"candidates": [{"content": {"parts": [{"text": "Half"}]}, "finishReason": "RECITATION"}]}"#,
            "recitation",
        ),
        (r#"{"prompt": "q", "response": null}"#, "the answer is null"),
        (
            r#"{"messages": [{"role": "assistant", "content": [{"type": "image"}]}]}"#,
            "no answer with text",
        ),
        (
            r#"{"object": "response", "status": "incomplete", "incomplete_details": {"reason": "content_filter"}, "output": [{"type": "message", "content": [{"type": "output_text", "text": "Half"}]}]}"#,
            "content_filter",
        ),
        (
            r#"{"gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": "Half"}], "finish_reason": "content_filter"}]}"#,
            "content_filter",
        ),
    ] {
        let lines = format!("{json}\n{{\"text\": \"good\"}}\n");
        let (records, reader) = of_json(&lines, &ReadOptions::default());
        assert_eq!(texts(&records), ["good"], "{json}");
        let Skipped {
            failed,
            first_failed,
            ..
        } = reader.skipped();
        assert_eq!(*failed, 1, "{json}");
        let said = first_failed[0].reason.to_string();
        assert!(said.contains(failure), "{json}: {said}");
    }
    // What was cut at a length is the model's own.
    let (records, _) = of_json(
        r#"{"choices": [{"message": {"role": "assistant", "content": "Half an"}, "finish_reason": "length"}]}"#,
        &ReadOptions::default(),
    );
    assert_eq!(texts(&records), ["Half an"]);
}

#[test]
fn other_names_of_the_assistant_are_known_and_unknown_ones_can_be_said() {
    for role in ["model", "bot", "Assistant", "GPT", "ai"] {
        let json = format!(
            r#"{{"messages": [{{"role": "user", "content": "q"}}, {{"role": "{role}", "content": "a"}}]}}"#
        );
        assert_eq!(texts(&of_json(&json, &ReadOptions::default()).0), ["a"]);
    }
    let json =
        r#"{"messages": [{"role": "Anna", "content": "q"}, {"role": "Bert", "content": "a"}]}"#;
    let options = ReadOptions::default();
    let mut reader = Reader::from_read("in.jsonl", Cursor::new(json), &options).unwrap();
    let error = reader.next().unwrap().unwrap_err();
    assert!(
        error.to_string().contains("there are `Anna`, `Bert`"),
        "{error}"
    );
    assert!(error.hint().contains("--assistant ROLE"));
    let mut options = ReadOptions::default();
    options.roles.assistant = vec!["bert".to_owned()];
    assert_eq!(texts(&of_json(json, &options).0), ["a"]);
}

#[test]
fn fields_may_lead_to_parts_turns_and_items_by_value() {
    let with = |fields: &[&str]| ReadOptions {
        fields: FieldMap::parse(fields).unwrap(),
        ..ReadOptions::default()
    };
    let json = r#"{"in": [{"role": "user", "content": "q"}], "out": [{"type": "note", "body": "n"}, {"type": "message", "content": [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]}]}"#;
    let options = with(&["response=out.[type=message].content", "prompt=in"]);
    let (records, _) = of_json(json, &options);
    assert_eq!(texts(&records), ["one two"]);
    assert!(records[0].exposure_known && shown(&records[0], "q") && shown(&records[0], "n"));
    // One part of several is never scored as if it were the whole.
    let options = with(&["response=out.1.content.0.text"]);
    let mut reader = Reader::from_read("in.jsonl", Cursor::new(json), &options).unwrap();
    let error = reader.next().unwrap().unwrap_err().to_string();
    assert!(error.contains("one of 2 parts"), "{error}");
}

#[test]
fn half_characters_and_joined_files_are_read() {
    let json = "\u{feff}{\"prompt\": \"q \\ud83d\", \"response\": \"a\"}\n\u{feff}{\"response\": \"b \\udcb2\"}\n";
    let (records, reader) = of_json(json, &ReadOptions::default());
    assert_eq!(texts(&records), ["a", "b \u{fffd}"]);
    assert!(shown(&records[0], "q \u{fffd}"));
    assert_eq!(reader.facts().half_characters, 2);
    // Bytes of another encoding, in what is not the answer.
    let bytes = b"{\"response\": \"a\", \"note\": \"caf\xe9\"}\n".to_vec();
    let mut reader =
        Reader::from_read("in.jsonl", Cursor::new(bytes), &ReadOptions::default()).unwrap();
    assert!(reader.next().unwrap().is_ok());
    assert_eq!(reader.facts().half_characters, 1);
}

#[test]
fn tables_have_cells_of_text_and_limits() {
    let read = |name: &str, bytes: &str, options: &ReadOptions| -> Result<Vec<Record>, String> {
        let reader = Reader::from_read(name, Cursor::new(bytes.to_owned()), options);
        reader
            .map_err(|error| error.to_string())?
            .map(|record| record.map_err(|error| error.to_string()))
            .collect()
    };
    let usual = ReadOptions::default();
    let table = "prompt,response\r\n\"two\nlines\",\"{\"\"a\"\": 1}\"\r\nq,b\r\n";
    let records = read("a.csv", table, &usual).unwrap();
    assert_eq!(texts(&records), ["{\"a\": 1}", "b"]);
    let lines: Vec<u64> = records.iter().map(|record| record.source.line).collect();
    assert_eq!(lines, [2, 4]);
    assert!(shown(&records[0], "two\nlines"));
    let semicolons = read("a.csv", "prompt;response\nq;a, b\n", &usual).unwrap();
    assert_eq!(texts(&semicolons), ["a, b"]);
    let tokens = read("a.csv", "tokens,id\n\"[1, 2]\",x\n", &usual).unwrap();
    assert_eq!(tokens[0].body, Piece::Tokens(vec![1, 2]));
    let error = read("a.csv", "prompt,response\nq,a,b\n", &usual).unwrap_err();
    assert!(
        error.contains("a.csv:2: has 3 cells, and the first line names 2 fields"),
        "{error}"
    );
    let small = ReadOptions {
        limits: hallmark_corpus::Limits {
            max_record_bytes: 1000,
            ..hallmark_corpus::Limits::default()
        },
        ..ReadOptions::default()
    };
    let long = format!("text\n\"{}\"\n", "y".repeat(1 << 20));
    let error = read("a.csv", &long, &small).unwrap_err();
    assert!(error.contains("exceeds max-record-bytes = 1000"), "{error}");
    let mapped = ReadOptions {
        fields: FieldMap::parse(["response=reply.body"]).unwrap(),
        ..ReadOptions::default()
    };
    let records = read("a.tsv", "reply\n{\"body\": \"a\"}\n", &mapped);
    assert_eq!(texts(&records.unwrap()), ["a"]);
}

/// A wrapper of code points that are no text is left out, unasked; what is changed for looks only where it is asked for.
#[test]
fn typography_is_noticed_and_undone_where_asked() {
    let (_, reader) = read("dressed.jsonl", &ReadOptions::default());
    assert_eq!(reader.facts().dressed_answers, 2);
    let (plain, _) = read("answer.jsonl", &ReadOptions::default());
    let options = ReadOptions {
        normalise: true,
        ..ReadOptions::default()
    };
    let (records, _) = read("dressed.jsonl", &options);
    assert_eq!(texts(&records), texts(&plain));
    let wrapped = format!("{{\"text\": \"a{}b\"}}", "\u{e0101}".repeat(99));
    let (records, reader) = of_json(&wrapped, &ReadOptions::default());
    assert_eq!(texts(&records), ["ab"]);
    assert_eq!(
        (reader.facts().payloads, reader.facts().payload_characters),
        (1, 99)
    );
}

#[test]
fn ids_count_where_asked() {
    let json = r#"{"text": "a", "tokens": [7]}"#;
    let options = ReadOptions {
        ids: true,
        ..ReadOptions::default()
    };
    assert_eq!(of_json(json, &options).0[0].body, Piece::Tokens(vec![7]));
}

/// Whatever was shown in these records holds the answer itself: if any of it is lost, a copy counts as evidence.
#[test]
fn what_was_shown_is_lost_in_no_layout() {
    let said = "the old bridge was shut at noon and nobody came to open it again";
    for record in [
        json!({"prompt": [{"role": "user", "content": "go on"}], "messages": [{"role": "user", "content": said}], "response": said}),
        json!({"instruction": "x", "output": said, "text": format!("Example: {said}\n### Response:\n{said}")}),
        json!({"litellm_call_id": "1", "messages": [{"role": "user", "content": "go on"}], "response": {"choices": [{"message": {"role": "assistant", "content": said}}]},
            "proxy_server_request": {"body": {"messages": [{"role": "system", "content": said}]}}}),
        json!({"traceId": "1", "observations": [
            {"type": "TOOL", "output": said},
            {"type": "GENERATION", "input": "go on", "output": said}]}),
        json!({"attributes": {"gen_ai.prompt": "go on", "gen_ai.completion": said, "gen_ai.tool.call.result": said}}),
        json!({"messages": [
            {"role": "user", "content": "x"}, {"role": "assistant", "content": said},
            {"role": "user", "content": "Say that again."}, {"role": "assistant", "content": said}]}),
    ] {
        let (records, _) = of_json(&record.to_string(), &ReadOptions::default());
        assert_eq!(texts(&records), [said], "{record}");
        assert!(shown(&records[0], said), "{record}");
    }
}

/// An answer without text to the last question is none; what stands before that question was an example, perhaps.
#[test]
fn an_earlier_turn_is_not_taken_for_the_answer_to_the_last_question() {
    for last in [
        json!({"role": "assistant", "content": null, "refusal": "no"}),
        json!({"role": "assistant", "content": ""}),
    ] {
        let record = json!({"messages": [
            {"role": "user", "content": "x"}, {"role": "assistant", "content": "An example of an answer."},
            {"role": "user", "content": "y"}, last]});
        let good = json!({"prompt": "x", "response": "An answer."});
        let (records, _) = of_json(&format!("{good}\n{record}"), &ReadOptions::default());
        for text in texts(&records) {
            assert_ne!(text, "An example of an answer.");
        }
    }
}

/// One letter of another script in what was shown must not make it another text than the answer that repeats it.
#[test]
fn a_copy_is_known_again_whatever_stands_beside_its_source() {
    let dressed = "the \u{43e}ld bridge w\u{430}s shut \u{430}t no\u{43e}n and nob\u{43e}dy came";
    let record = json!({"prompt": format!("\u{436} {dressed}"), "response": dressed});
    let options = ReadOptions {
        normalise: true,
        ..ReadOptions::default()
    };
    let (records, _) = of_json(&record.to_string(), &options);
    let answer = records[0].body.text().unwrap();
    assert!(answer.is_ascii(), "{answer}");
    assert!(shown(&records[0], answer));
    assert!(shown(&records[0], dressed));
}

/// A log may write the system's text down behind the turns that it was shown for.
#[test]
fn what_a_system_says_was_shown_wherever_it_stands() {
    let said = "the old bridge was shut at noon";
    let record = json!({"messages": [
        {"role": "user", "content": "x"}, {"role": "assistant", "content": said},
        {"role": "system", "content": said}]});
    for options in [ReadOptions::default(), all_turns()] {
        let (records, _) = of_json(&record.to_string(), &options);
        assert_eq!(texts(&records), [said]);
        assert!(shown(&records[0], said));
    }
}

/// Tokens of what was asked beside turns may hold more than these, unless the record is said to have them from the mark's tokenizer.
#[test]
fn tokens_of_the_prompt_beside_turns_leave_it_unknown() {
    let record = r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "the end"}], "prompt_token_ids": [5, 6]}"#;
    let (records, _) = of_json(record, &ReadOptions::default());
    assert!(!records[0].exposure_known);
    let named = ReadOptions {
        fields: FieldMap::parse(["prompt_tokens=prompt_token_ids"]).unwrap(),
        ..ReadOptions::default()
    };
    let (records, _) = of_json(record, &named);
    assert!(records[0].exposure_known);
    assert!(records[0].exposure.contains(&Piece::Tokens(vec![5, 6])));
    let response =
        r#"{"prompt": "q", "prompt_token_ids": [5, 6], "choices": [{"text": "the end"}]}"#;
    let (records, _) = of_json(response, &ReadOptions::default());
    assert!(records[0].exposure_known, "a server's own are read");
}

/// Code that a model writes for an interpreter is an answer, and what came of it was shown.
#[test]
fn code_is_generated_and_its_output_is_shown() {
    for json in [
        r#"{"contents": [{"role": "user", "parts": [{"text": "q"}]}, {"role": "model", "parts": [{"executableCode": {"language": "PYTHON", "code": "the call"}}, {"codeExecutionResult": {"outcome": "OK", "output": "the result"}}]}, {"role": "user", "parts": [{"text": "and?"}]}, {"role": "model", "parts": [{"text": "the end"}]}]}"#,
        r#"{"object": "response", "input": "q", "output": [{"type": "code_interpreter_call", "code": "the call", "outputs": [{"type": "logs", "logs": "the result"}]}, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "the end"}]}]}"#,
        r#"{"mapping": {"a": {"parent": null, "message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["q"]}}},
            "b": {"parent": "a", "message": {"author": {"role": "assistant"}, "recipient": "python", "content": {"content_type": "code", "text": "the call"}}},
            "c": {"parent": "b", "message": {"author": {"role": "tool"}, "content": {"content_type": "execution_output", "text": "the result"}}},
            "d": {"parent": "c", "message": {"author": {"role": "assistant"}, "recipient": "all", "content": {"content_type": "text", "parts": ["the end"]}}}}}"#,
    ] {
        let json = json.replace('\n', "");
        let (records, _) = of_json(&json, &ReadOptions::default());
        assert_eq!(texts(&records), ["the end"], "{json}");
        assert!(shown(&records[0], "the call") && shown(&records[0], "the result"));
        let (records, _) = of_json(&json, &all_turns());
        assert_eq!(texts(&records), ["the call", "the end"], "{json}");
        assert!(
            shown(&records[0], "q") && shown(&records[1], "the result"),
            "{json}"
        );
    }
}

/// An answer that was made again, and a question that was asked in another way, are branches: each was shown its own path.
#[test]
fn branches_of_an_export_are_answers_of_their_own() {
    let node = |id: &str, parent: Option<&str>, role: &str, text: &str| {
        (
            id.to_owned(),
            json!({"parent": parent, "message": {"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}}}),
        )
    };
    let nodes = [
        node("r", None, "user", "What of the gate?"),
        node("a", Some("r"), "assistant", "It is teal."),
        node("b", Some("r"), "assistant", "It is shut."),
        node("c", Some("b"), "user", "Who shut it?"),
        node("d", Some("c"), "assistant", "The keeper did."),
        node("e", Some("b"), "user", "Why was it?"),
        node("f", Some("e"), "assistant", "For the night."),
        node("g", Some("b"), "user", "Never answered."),
    ];
    let mapping: serde_json::Map<String, serde_json::Value> = nodes.into_iter().collect();
    let export = json!({"title": "Gates", "current_node": "d", "mapping": mapping}).to_string();
    let (records, _) = of_json(&export, &all_turns());
    assert_eq!(
        texts(&records),
        [
            "It is shut.",
            "The keeper did.",
            "It is teal.",
            "For the night."
        ]
    );
    let told = |at: usize, text: &str| shown(&records[at], text);
    assert!((0..4).all(|at| told(at, "What of the gate?") && records[at].exposure_known));
    assert!(told(1, "It is shut.") && told(1, "Who shut it?") && !told(1, "teal"));
    assert!(!told(2, "shut") && told(3, "Why was it?") && told(3, "It is shut."));
    assert!(!told(3, "Who shut it?") && !told(3, "keeper"));
    // Where only the last turn counts, the other branches may have been shown.
    let (records, _) = of_json(&export, &ReadOptions::default());
    assert_eq!(texts(&records), ["The keeper did."]);
    assert!(shown(&records[0], "It is teal.") && shown(&records[0], "For the night."));
}

#[test]
fn runs_batches_and_lists_of_answers_are_told() {
    let constructor = |class: &str, text: &str| json!({"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", class], "kwargs": {"content": text, "type": "x"}});
    let run = json!({"id": "r", "run_type": "llm", "trace_id": "t", "inputs": {"messages": [[constructor("HumanMessage", "q")]]},
        "outputs": {"generations": [[{"text": "the end", "type": "ChatGeneration", "message": constructor("AIMessage", "the end")}]]}});
    let plain = json!({"id": "r", "run_type": "llm", "inputs": {"messages": [{"role": "user", "content": "q"}]}, "outputs": {"choices": [{"message": {"role": "assistant", "content": "the end"}}]}});
    let batch = json!({"recordId": "b", "modelInput": {"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}]},
        "modelOutput": {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "the end"}], "stop_reason": "end_turn"}});
    let llama = json!({"recordId": "b", "modelInput": {"prompt": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nq<|eot_id|>"}, "modelOutput": {"generation": "the end", "stop_reason": "stop"}});
    let page = json!({"object": "list", "data": [{"id": "2", "object": "thread.message", "created_at": 2, "role": "assistant", "content": [{"type": "text", "text": {"value": "the end", "annotations": []}}]},
        {"id": "1", "object": "thread.message", "created_at": 1, "role": "user", "content": [{"type": "text", "text": {"value": "q", "annotations": []}}]}], "has_more": false});
    let turns =
        json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "the end"}]);
    for (record, layout, known) in [
        (run, "langsmith", true),
        (plain, "langsmith", true),
        (batch, "bedrock-batch", true),
        (llama, "bedrock-batch", true),
        (page, "chat", true),
        (turns, "chat", true),
        (
            json!([{"generated_text": "the end"}]),
            "generated-text",
            false,
        ),
        (
            json!([[{"generated_text": "the end"}]]),
            "generated-text",
            false,
        ),
        (
            json!({"question": "q", "responses": ["the end"]}),
            "completion",
            true,
        ),
        (
            json!({"messages": [{"role": "user", "content": "q"}], "responses": ["the end"]}),
            "completion",
            true,
        ),
        (
            json!({"run_type": "llm", "inputs": {"prompts": ["q"]}, "outputs": {"output": "the end"}}),
            "langsmith",
            true,
        ),
        (
            json!({"run_type": "chat_model", "inputs": {"messages": [{"type": "human", "content": "q"}]}, "outputs": {"output": {"content": "the end", "type": "ai"}}}),
            "langsmith",
            true,
        ),
        (
            json!({"recordId": "b", "modelInput": {"inputText": "q"}, "modelOutput": {"results": [{"outputText": "the end", "completionReason": "FINISH"}]}}),
            "bedrock-batch",
            true,
        ),
        (
            json!({"prompt": "q", "responses": ["the end"]}),
            "completion",
            true,
        ),
    ] {
        let (records, _) = of_json(&record.to_string(), &ReadOptions::default());
        assert_eq!(texts(&records), ["the end"], "{record}");
        assert_eq!(records[0].origin.layout.name(), layout, "{record}");
        assert_eq!(records[0].exposure_known, known, "{record}");
        assert!(
            shown(&records[0], "q") == known && !shown(&records[0], "the end"),
            "{record}"
        );
    }
    let several = json!({"prompt": "q", "responses": ["one", "two"]}).to_string();
    assert_eq!(
        texts(&of_json(&several, &ReadOptions::default()).0),
        ["one", "two"]
    );
    let tool =
        json!({"run_type": "tool", "inputs": {"input": "q"}, "outputs": {"output": "found"}});
    let lines = format!("{tool}\n{{\"text\": \"good\"}}\n");
    let (records, reader) = of_json(&lines, &ReadOptions::default());
    assert_eq!(
        (texts(&records), reader.skipped().failed),
        (vec!["good"], 1)
    );
}

/// Gateways and tables keep requests and responses as strings, under names of their own.
#[test]
fn requests_and_responses_in_strings_are_read() {
    let request = json!({"model": "m", "messages": [{"role": "user", "content": "q"}]}).to_string();
    for response in [
        json!({"choices": [{"message": {"role": "assistant", "content": "the end"}}]}),
        json!({"candidates": [{"content": {"role": "model", "parts": [{"text": "the end"}]}}]}),
        json!({"role": "assistant", "stop_reason": "end_turn", "content": [{"type": "text", "text": "the end"}]}),
        json!({"object": "response", "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "the end"}]}]}),
    ] {
        let response = response.to_string();
        for record in [
            json!({"request": request, "response": response}),
            json!({"request_body": request, "response_body": response, "status": "200"}),
            json!({"prompt": "q", "response": response}),
            json!({"messages": [{"role": "user", "content": "q"}], "raw_response": response}),
        ] {
            let (records, _) = of_json(&record.to_string(), &ReadOptions::default());
            assert_eq!(texts(&records), ["the end"], "{record}");
            assert!(
                shown(&records[0], "q") && records[0].exposure_known,
                "{record}"
            );
            assert!(!shown(&records[0], "the end"), "{record}");
        }
    }
    // A whole record may stand in one string, with other things beside.
    let turns = json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "the end"}]});
    let both = json!({"messages": [{"role": "user", "content": "q"}], "choices": [{"message": {"role": "assistant", "content": "the end"}}]});
    for inner in [turns.to_string(), both.to_string()] {
        for record in [
            json!({"text": inner}),
            json!({"log": inner, "note": "told beside"}),
        ] {
            let (records, _) = of_json(&record.to_string(), &ReadOptions::default());
            assert_eq!(texts(&records), ["the end"], "{record}");
            assert!(
                shown(&records[0], "q") && records[0].exposure_known,
                "{record}"
            );
            assert_eq!(
                shown(&records[0], "told beside"),
                record.get("note").is_some()
            );
        }
    }
    // An answer may be JSON and no more.
    for json in [
        r#"{"choices": ["a", "b"], "text": "x"}"#.to_owned(),
        turns.to_string(),
        request.clone(),
    ] {
        let record = json!({"prompt": "q", "response": json}).to_string();
        assert_eq!(texts(&of_json(&record, &ReadOptions::default()).0), [json]);
    }
}

/// A model is shown the names and numbers of data like its texts.
#[test]
fn names_and_numbers_of_data_are_shown() {
    for record in [
        r#"{"prompt": {"city": "Oslo", "temp": 12}, "response": "the end"}"#,
        r#"{"prompt": "q", "context": {"city": "Oslo", "temp": 12}, "response": "the end"}"#,
        r#"{"messages": [{"role": "user", "content": "q"}, {"role": "tool", "content": {"city": "Oslo", "temp": 12}}, {"role": "assistant", "content": "the end"}]}"#,
        r#"{"contents": [{"role": "user", "parts": [{"text": "q"}]}, {"role": "user", "parts": [{"functionResponse": {"name": "n", "response": {"city": "Oslo", "temp": 12}}}]}, {"role": "model", "parts": [{"text": "the end"}]}]}"#,
    ] {
        let (records, _) = of_json(record, &ReadOptions::default());
        assert_eq!(texts(&records), ["the end"], "{record}");
        assert!(
            shown(&records[0], r#"{"city": "Oslo", "temp": 12}"#),
            "{record}: {:?}",
            records[0].exposure
        );
    }
}
