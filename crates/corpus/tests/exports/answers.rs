//! What of a record is an answer, and what is none.

use super::{all_turns, good, read_as, read_lines, shown, texts};
use hallmark_corpus::{ReadOptions, Record, Requests};
use serde_json::{Value, json};

#[test]
fn lists_in_a_wrapper_are_read_one_by_one() {
    for text in [
        json!({"data": [{"prompt": "first", "response": "a"}, {"prompt": "second", "response": "b"}], "meta": {"note": "around all"}}),
        json!({"rows": [{"row_idx": 0, "row": {"prompt": "first", "response": "a"}}, {"row_idx": 1, "row": {"prompt": "second", "response": "b"}}], "note": "around all"}),
    ] {
        let records = good(&text.to_string(), &ReadOptions::default());
        assert_eq!(texts(&records), ["a", "b"], "{text}");
        assert!(shown(&records[0], "first") && !shown(&records[0], "second"));
        assert!(records.iter().all(|record| shown(record, "around all")));
        let places: Vec<String> = records
            .iter()
            .map(|record| record.source.to_string())
            .collect();
        assert_eq!(places, ["in.jsonl:1#1", "in.jsonl:1#2"]);
    }
}

#[test]
fn several_answers_of_a_record_have_places_of_their_own() {
    let text = json!({"choices": [{"message": {"role": "assistant", "content": "a"}}, {"finish_reason": "content_filter", "message": {"role": "assistant", "content": "x"}},
        {"message": {"role": "assistant", "content": "b"}}]}).to_string();
    let records = good(&text, &ReadOptions::default());
    let places: Vec<String> = records
        .iter()
        .map(|record| record.source.to_string())
        .collect();
    assert_eq!(places, ["in.jsonl:1#1", "in.jsonl:1#3"]);
    let one = good(r#"{"text": "a"}"#, &ReadOptions::default());
    assert_eq!(one[0].source.to_string(), "in.jsonl:1");
}

#[test]
fn one_choice_without_text_does_not_take_the_others_along() {
    let text = json!({"choices": [{"message": {"role": "assistant", "content": "a"}}, {"message": {"role": "assistant", "content": null, "tool_calls": [{"function": {"arguments": "{\"n\": 1}"}}]}}]}).to_string();
    let (records, reader) = read_as("in.jsonl", &text, &ReadOptions::default());
    assert_eq!((records.len(), reader.skipped().failed), (1, 1));
}

/// A gateway that keeps no answers writes an object without anything in it, or that as text.
#[test]
fn a_response_that_was_not_kept_is_no_answer() {
    for response in [json!("{}"), json!({}), json!(" {} ")] {
        let record = json!({"litellm_call_id": "c", "messages": [{"role": "user", "content": "q"}], "response": response});
        let kept = json!({"litellm_call_id": "d", "messages": [{"role": "user", "content": "q"}], "response": {"choices": [{"message": {"role": "assistant", "content": "a"}}]}});
        let (records, reader) = read_as(
            "in.jsonl",
            &format!("{record}\n{kept}\n"),
            &ReadOptions::default(),
        );
        assert_eq!((records.len(), reader.skipped().failed), (1, 1), "{record}");
    }
}

#[test]
fn a_failed_request_may_be_asked_again_and_is_not_unanswered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.jsonl");
    std::fs::write(&path, "{\"custom_id\": \"a\", \"body\": {\"messages\": [{\"role\": \"user\", \"content\": \"q\"}]}}\n{\"custom_id\": \"b\", \"body\": {\"messages\": [{\"role\": \"system\", \"content\": \"s\"}]}}\n{\"custom_id\": \"c\", \"body\": {}}\n").unwrap();
    let requests = Requests::read([&path], &ReadOptions::default()).unwrap();
    let options = ReadOptions {
        requests: Some(std::sync::Arc::new(requests)),
        ..ReadOptions::default()
    };
    let answer = |id: &str| {
        json!({"custom_id": id, "response": {"body": {"choices": [{"message": {"role": "assistant", "content": "a"}}]}}}).to_string()
    };
    let failed =
        json!({"custom_id": "a", "response": null, "error": {"code": "expired"}}).to_string();
    let (records, reader) = read_as(
        "in.jsonl",
        &[failed, answer("a"), answer("b")].join("\n"),
        &options,
    );
    let records: Vec<Record> = records.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        records
            .iter()
            .map(|record| record.exposure_known)
            .collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!((reader.skipped().failed, reader.unanswered()), (1, 1));
}

/// Responses, wrappers and errors that stand in a string, and responses of every service beside their requests.
#[test]
fn responses_in_strings_and_beside_requests_are_opened() {
    let ollama =
        json!({"model": "m", "message": {"role": "assistant", "content": "the end"}, "done": true});
    let responses = [
        json!({"choices": [{"message": {"role": "assistant", "content": "the end"}}]}),
        ollama.clone(),
        json!({"id": "c", "message": {"role": "assistant", "content": [{"type": "text", "text": "the end"}]}, "finish_reason": "COMPLETE"}),
        json!({"output": {"message": {"role": "assistant", "content": [{"text": "the end"}]}}, "stopReason": "end_turn"}),
        json!({"status_code": 200, "body": {"choices": [{"message": {"role": "assistant", "content": "the end"}}]}}),
        json!([{"generated_text": "the end"}]),
        json!({"content": "the end", "finish_reason": "stop"}),
    ];
    for response in responses {
        let record = json!({"prompt": "q", "response": response.to_string()});
        let (texts, known, _) = read_lines(&[record]).unwrap();
        assert_eq!(
            (texts, known),
            (vec!["the end".to_owned()], vec![true]),
            "{response}"
        );
    }
    let error = json!({"error": {"code": "rate_limit", "message": "slow down please"}});
    let kept = json!({"prompt": "q", "response": "kept"});
    for response in [json!(error.to_string()), error.clone()] {
        let (texts, _, failed) =
            read_lines(&[json!({"prompt": "q", "response": response}), kept.clone()]).unwrap();
        assert_eq!((texts, failed), (vec!["kept".to_owned()], 1));
    }
    // Beside the request.
    let request = json!({"model": "m", "messages": [{"role": "user", "content": "q"}]});
    let (texts, known, _) = read_lines(&[json!({"request": request, "response": ollama})]).unwrap();
    assert_eq!((texts, known), (vec!["the end".to_owned()], vec![true]));
}

#[test]
fn failed_answers_are_none_wherever_it_is_said() {
    let kept = json!({"prompt": "q", "response": "kept"});
    for record in [
        json!({"prompt": "q", "response": "half", "status": "failed"}),
        json!({"prompt": "q", "response": "half", "status_code": 500}),
        json!({"prompt": "q", "response": "", "error": "timeout"}),
        json!({"prompt": "q", "response": "half", "finish_reason": "abort"}),
        json!({"text": "half", "meta_info": {"id": "m", "finish_reason": {"type": "abort"}}}),
        json!({"generation_id": "g", "text": "half", "finish_reason": "ERROR_LIMIT", "message": "q"}),
        json!({"prompt": "q", "response": {}}),
        json!({"request": {"messages": [{"role": "user", "content": "q"}]}, "response_body": {"error": {"message": "no"}}, "response_status": 500}),
    ] {
        let (texts, _, failed) = read_lines(&[record.clone(), kept.clone()]).unwrap();
        assert_eq!((texts, failed), (vec!["kept".to_owned()], 1), "{record}");
    }
    let (texts, _, _) =
        read_lines(&[json!({"prompt": "q", "response": "the end", "status_code": 200})]).unwrap();
    assert_eq!(texts, ["the end"]);
}

/// A field that is read and is empty hides no answer under another name.
#[test]
fn an_empty_field_hides_no_answer() {
    for record in [
        json!({"id": "1", "question": "q", "answer": "the end", "tokens": 12}),
        json!({"response": null, "prompt": "q", "output": "the end"}),
        json!({"text": null, "prompt": "q", "output": "the end"}),
        json!({"messages": null, "question": "q", "answer": "the end"}),
        json!({"response": "", "prompt": "q", "output": "the end"}),
    ] {
        let why = read_lines(std::slice::from_ref(&record)).unwrap_err();
        let flag = if record.get("output").is_some() {
            "response=output"
        } else {
            "response=answer"
        };
        assert!(why.contains(flag), "{record}: {why}");
    }
}

/// Calls that a data set keeps as text are answers too.
#[test]
fn calls_in_a_string_are_answers() {
    let calls = json!([{"id": "c", "type": "function", "function": {"name": "look", "arguments": "{\"place\": \"the gate\"}"}}]).to_string();
    let record = json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": null, "tool_calls": calls},
        {"role": "tool", "tool_call_id": "c", "content": "shut"}, {"role": "assistant", "content": "the end"}]});
    let records = good(&record.to_string(), &all_turns());
    assert_eq!(texts(&records), ["{\"place\": \"the gate\"}", "the end"]);
}

/// A turn or a span that says that it was withheld, or failed, has no answer; what stands in it was shown with those behind it.
#[test]
fn turns_and_spans_that_were_withheld_are_no_answers() {
    for failed in [
        json!({"finish_reason": "content_filter"}),
        json!({"status": "failed"}),
        json!({"stop_reason": "refusal"}),
    ] {
        let mut half = json!({"role": "assistant", "content": "half"});
        half.as_object_mut()
            .unwrap()
            .extend(failed.as_object().unwrap().clone());
        let user = json!({"role": "user", "content": "q"});
        let chat = json!({"messages": [user, half, user, {"role": "assistant", "content": "the end", "finish_reason": "stop"}]});
        let (records, reader) = read_as("in.jsonl", &chat.to_string(), &all_turns());
        let records: Vec<Record> = records.into_iter().map(Result::unwrap).collect();
        assert_eq!(
            (texts(&records), reader.skipped().failed),
            (vec!["the end"], 1),
            "{chat}"
        );
        assert!(shown(&records[0], "half"));
        let last = json!({"messages": [user, half]});
        let kept = json!({"prompt": "q", "response": "kept"});
        let (texts, _, count) = read_lines(&[last, kept]).unwrap();
        assert_eq!((texts, count), (vec!["kept".to_owned()], 1));
    }
    let span = |ends: &[&str], code: u32| {
        let message =
            |text: &str| json!({"role": "assistant", "parts": [{"type": "text", "content": text}]});
        let output: Vec<Value> = ends
            .iter()
            .enumerate()
            .map(|(at, _)| message(&format!("answer {at}")))
            .collect();
        json!({"name": "chat m", "status": {"code": code}, "attributes": {
            "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "q"}]}],
            "gen_ai.output.messages": output, "gen_ai.response.finish_reasons": ends}})
    };
    let kept = json!({"prompt": "q", "response": "kept"});
    for (record, expected, count) in [
        (span(&["stop"], 1), vec!["answer 0", "kept"], 0),
        (span(&["content_filter"], 1), vec!["kept"], 1),
        (
            span(&["stop", "content_filter"], 0),
            vec!["answer 0", "kept"],
            1,
        ),
        (span(&["stop"], 2), vec!["kept"], 1),
    ] {
        let (texts, _, failed) = read_lines(&[record.clone(), kept.clone()]).unwrap();
        assert_eq!(
            (texts, failed),
            (expected.into_iter().map(str::to_owned).collect(), count),
            "{record}"
        );
    }
}

/// A batch as it is sent, in one object.
#[test]
fn requests_of_a_batch_may_stand_in_one_object() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sent.json");
    let asked = |id: &str, text: &str| json!({"custom_id": id, "params": {"model": "m", "messages": [{"role": "user", "content": text}]}});
    let sent = json!({"requests": [asked("a", "of the gate"), asked("b", "of the river")]});
    std::fs::write(&path, sent.to_string()).unwrap();
    let requests = Requests::read([&path], &ReadOptions::default()).unwrap();
    let options = ReadOptions {
        requests: Some(std::sync::Arc::new(requests)),
        ..ReadOptions::default()
    };
    let answer = json!({"custom_id": "b", "result": {"type": "succeeded", "message": {"role": "assistant", "content": [{"type": "text", "text": "the end"}], "stop_reason": "end_turn"}}});
    let (records, reader) = read_as("in.jsonl", &answer.to_string(), &options);
    let record = records[0].as_ref().unwrap();
    assert!(
        record.exposure_known && shown(record, "of the river") && !shown(record, "of the gate")
    );
    assert_eq!(reader.unanswered(), 1);
}
