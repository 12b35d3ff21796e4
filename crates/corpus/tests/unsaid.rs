//! Records that do not say all that was shown: their exposure is unknown.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use hallmark_corpus::{CorpusError, Piece, ReadOptions, Reader, Record};
use serde_json::{Value, json};

fn read(record: &Value) -> Vec<Result<Record, CorpusError>> {
    let lines = Cursor::new(record.to_string());
    let reader = Reader::from_read("in.jsonl", lines, &ReadOptions::default()).unwrap();
    reader.collect()
}

fn one(record: &Value) -> Record {
    let mut records = read(record);
    assert_eq!(records.len(), 1, "{record}");
    records
        .remove(0)
        .unwrap_or_else(|error| panic!("{error}: {record}"))
}

/// Gateways that keep no texts write an empty object or list in place of the turns.
#[test]
fn turns_that_a_gateway_left_out_say_nothing() {
    let answer = json!({"choices": [{"message": {"role": "assistant", "content": "the end"}}]});
    let logged = |name: &str, asked: Value| json!({"call_type": "acompletion", "spend": 0.1, name: asked, "response": answer});
    for name in ["messages", "input", "prompt"] {
        for nothing in [
            json!("{}"),
            json!("[]"),
            json!(" { } "),
            json!({}),
            json!([]),
        ] {
            let record = logged(name, nothing.clone());
            let read = one(&record);
            assert_eq!(read.body.text(), Some("the end"), "{record}");
            assert!(!read.exposure_known, "{record}");
        }
        for asked in [
            json!([{"role": "user", "content": "q"}]),
            json!(r#"[{"role": "user", "content": "q"}]"#),
            json!("{} is what?"),
            json!("[1, 2] and so on"),
        ] {
            let record = logged(name, asked);
            assert!(one(&record).exposure_known, "{record}");
        }
    }
    // Turns under the name that is read without a layout.
    for nothing in [json!("{}"), json!("[]"), json!({}), json!([])] {
        let record = json!({"messages": nothing, "response": "the end"});
        for record in read(&record).into_iter().flatten() {
            assert!(!record.exposure_known, "{nothing}");
        }
    }
}

#[test]
fn a_call_without_result_is_no_answer_and_makes_what_comes_behind_unknown() {
    let user = json!({"role": "user", "content": "q"});
    let call = json!({"role": "assistant", "content": null,
        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "look", "arguments": "{\"at\": \"the gate\"}"}}]});
    let result = json!({"role": "tool", "tool_call_id": "c", "content": "a river"});
    let end = json!({"role": "assistant", "content": "the end"});
    // At the end it is no text, and the record is named as one without an answer.
    let last = json!({"messages": [user, call]});
    let error = read(&last).remove(0).unwrap_err().to_string();
    assert!(error.contains("a tool's call without text"), "{error}");
    // Text beside a call at the end is the answer; nothing came behind.
    let mut beside = call.clone();
    beside["content"] = json!("Let me look.");
    let record = one(&json!({"messages": [user, beside]}));
    assert_eq!(record.body.text(), Some("Let me look."));
    assert!(record.exposure_known);
    let asked = |turns: &Value| {
        let turns = turns.as_array().unwrap();
        Value::from(&turns[..turns.len() - 1])
    };
    for (turns, known) in [
        (json!([user, call, result, end]), true),
        (json!([user, call, end]), false),
        (json!([user, call, user, end]), false),
    ] {
        for record in [
            json!({"messages": turns}),
            json!({"messages": turns.to_string()}),
            json!({"request": {"messages": asked(&turns)},
                "response": {"choices": [{"message": end}]}}),
        ] {
            let record = one(&record);
            assert_eq!(record.body.text(), Some("the end"));
            assert_eq!(record.exposure_known, known, "{turns}");
            let shown = |text: &str| {
                record
                    .exposure
                    .iter()
                    .filter_map(Piece::text)
                    .any(|piece| piece.contains(text))
            };
            assert!(shown("the gate"), "{turns}");
        }
    }
}
