//! What would be a guess is refused with the flag or command that decides.

use super::{error, good, read_as, read_lines, texts};
use hallmark_corpus::{FieldMap, Layout, ReadOptions, Reader, Record};
use serde_json::json;

#[test]
fn two_answers_in_one_record_are_refused_with_the_flag_that_decides() {
    for (record, names, flag) in [
        (
            json!({"prompt": "q", "completion": "a", "response": "b"}),
            ["completion", "response"],
            "--field response=completion",
        ),
        (
            json!({"instruction": "q", "output": "a", "response": "b"}),
            ["output", "response"],
            "--field response=output",
        ),
        (
            json!({"conversation_a": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "conversation_b": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}),
            ["conversation_a", "conversation_b"],
            "--field messages=conversation_a",
        ),
        (
            json!({"prompt": "q", "output": "a", "response": "b"}),
            ["output", "response"],
            "--field response=response",
        ),
        (
            json!({"generated_text": "a", "completion": "b"}),
            ["generated_text", "completion"],
            "--field response=generated_text",
        ),
        (
            json!({"choices": [{"message": {"role": "assistant", "content": "a"}}], "response": "b"}),
            ["choices", "response"],
            "--field response=response",
        ),
        (
            json!({"prompt": "q", "chosen": "a", "rejected": "b"}),
            ["chosen", "rejected"],
            "--field response=chosen",
        ),
        (
            json!({"chosen": "a", "rejected": "b"}),
            ["chosen", "rejected"],
            "--field response=rejected",
        ),
        (
            json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
            "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "b"}]}),
            ["messages", "conversations"],
            "--field messages=conversations",
        ),
        (
            json!({"text": "a", "response": "b"}),
            ["text", "response"],
            "--field response=response",
        ),
    ] {
        let record = record.to_string();
        let error = error(&record, &ReadOptions::default());
        let said = error.to_string();
        assert!(
            names.iter().all(|name| said.contains(&format!("`{name}`"))),
            "{record}: {said}"
        );
        assert!(error.hint().contains(flag), "{record}: {}", error.hint());
        // The flag decides.
        let (kind, path) = flag.trim_start_matches("--field ").split_once('=').unwrap();
        let options = ReadOptions {
            fields: FieldMap::parse([format!("{kind}={path}")]).unwrap(),
            ..ReadOptions::default()
        };
        assert_eq!(good(&record, &options).len(), 1, "{record}");
    }
    // The same answer twice is one.
    let twice = json!({"prompt": "q", "completion": "a", "response": "a"}).to_string();
    assert_eq!(texts(&good(&twice, &ReadOptions::default())), ["a"]);
}

#[test]
fn exports_without_a_layout_get_the_exact_flags() {
    for (record, flags) in [
        (
            json!({"question": "q", "answer": "a"}),
            "`--field response=answer --field prompt=question`",
        ),
        (
            json!({"input": "q", "output": "a"}),
            "`--field response=output --field prompt=input`",
        ),
        (
            json!({"Prompt": "q", "Response": "a"}),
            "`--field response=Response --field prompt=Prompt`",
        ),
        (
            json!({"Model Output": "a", "User Input": "q"}),
            "`--field 'response=Model Output' --field 'prompt=User Input'`",
        ),
        (
            json!({"sample": {"question": "q", "answer": "a"}}),
            "`--field response=sample.answer --field prompt=sample.question`",
        ),
        (
            json!({"id1": {"prompt": "q", "response": "a"}, "id2": {"prompt": "r", "response": "b"}}),
            "jq -c 'to_entries[] | {id: .key} + .value' FILE",
        ),
        (
            json!({"conversation_id": 7, "role": "assistant", "content": "a"}),
            "group_by(.conversation_id)[]",
        ),
        (
            json!({"role": "assistant", "content": "a"}),
            "{messages: flatten}",
        ),
    ] {
        let error = error(&record.to_string(), &ReadOptions::default());
        assert!(error.hint().contains(flags), "{record}: {}", error.hint());
    }
}

#[test]
fn a_layout_that_records_do_not_have_is_said_to_be_another() {
    let chat =
        json!({"messages": [], "choices": [{"message": {"role": "assistant", "content": "a"}}]})
            .to_string();
    for layout in [
        Layout::Alpaca,
        Layout::Gemini,
        Layout::OpenTelemetry,
        Layout::ChatGpt,
        Layout::Bedrock,
    ] {
        let options = ReadOptions {
            layout: Some(layout),
            ..ReadOptions::default()
        };
        let error = error(&chat, &options);
        let said = format!("is no record of the layout `{layout}`");
        assert!(error.to_string().contains(&said), "{error}");
        assert!(error.hint().contains("`openai-chat`"), "{}", error.hint());
    }
    let options = ReadOptions {
        fields: FieldMap::parse(["response=reply.body"]).unwrap(),
        ..ReadOptions::default()
    };
    let error = error(r#"{"reply": {"text": "a"}, "question": "q"}"#, &options);
    assert!(
        error
            .to_string()
            .contains("nothing stands at `reply.body`; it has `reply`, `question`"),
        "{error}"
    );
}

#[test]
fn cells_of_tables_are_empty_answers_and_open_quotes_are_named() {
    let (records, reader) = read_as(
        "in.csv",
        "prompt,response\nq,\nr,b\n",
        &ReadOptions::default(),
    );
    let records: Vec<Record> = records.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        (texts(&records), reader.skipped().failed),
        (vec!["", "b"], 0)
    );
    let (records, reader) = read_as(
        "in.csv",
        "prompt,response,error\nq,,rate limited\nr,b,\n",
        &ReadOptions::default(),
    );
    assert_eq!((records.len(), reader.skipped().failed), (1, 1));
    let (mut records, _) = read_as(
        "in.csv",
        "prompt,response\nq,a\nr,\"b\ns,c\n",
        &ReadOptions::default(),
    );
    let error = records.pop().unwrap().unwrap_err().to_string();
    assert!(
        error.contains("a quotation mark in line 3 that is never closed"),
        "{error}"
    );
}

#[test]
fn an_archive_is_named() {
    let archive = Reader::from_read("in.zip", &b"PK\x03\x04\x14\0"[..], &ReadOptions::default());
    let error = archive.err().unwrap();
    assert!(error.to_string().contains("is a zip archive"), "{error}");
    assert!(error.hint().contains("unzip"));
}

/// A text beside an answer by another name: which of them is the answer would be a guess.
#[test]
fn a_text_beside_an_answer_is_not_taken_for_it() {
    let long = "a text that is as long as an answer may be, and longer than a label";
    for name in [
        "completion",
        "output",
        "answer",
        "generated",
        "generation",
        "reply",
        "model_output",
        "summary",
        "translation",
        "prediction",
    ] {
        let why = read_lines(&[json!({"text": "what was asked", name: long})]).unwrap_err();
        assert!(
            why.contains("fits more than one layout")
                && why.contains("--field text=text")
                && why.contains(&format!("response={name}")),
            "{why}"
        );
    }
    let why =
        read_lines(&[json!({"question": "q", "answer": long, "tokens": [1, 2]})]).unwrap_err();
    assert!(why.contains("fits more than one layout"), "{why}");
    // A label is no answer, and the same again is one.
    for record in [
        json!({"text": long, "prediction": "positive"}),
        json!({"text": long, "answer": long}),
        json!({"text": long, "url": "u", "title": long}),
    ] {
        assert_eq!(read_lines(&[record]).unwrap().0, [long]);
    }
}

/// Exact hints: sessions of coding agents, samples of an evaluation, whose right answers are none.
#[test]
fn logs_of_sessions_and_evaluations_get_exact_hints() {
    for (record, hint) in [
        (
            json!({"custom_id": "a", "params": {"model": "m", "messages": [{"role": "user", "content": "q"}]}}),
            "--requests",
        ),
        (
            json!({"type": "summary", "summary": "s", "leafUuid": "u"}),
            "group_by(.sessionId)",
        ),
        (
            json!({"timestamp": "t", "type": "session_meta", "payload": {"id": "s"}}),
            "response_item",
        ),
        (
            json!({"type": "assistant", "sessionId": "s", "uuid": "u", "message": {"role": "assistant", "content": [{"type": "text", "text": "x"}]}}),
            "group_by(.sessionId)",
        ),
        (
            json!({"timestamp": "t", "type": "response_item", "payload": {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]}}),
            "response_item",
        ),
        (
            json!({"doc": {"question": "q", "answer": "gold"}, "resps": [["x"]], "filtered_resps": ["x"]}),
            "response=resps.0.0",
        ),
    ] {
        let why = read_lines(std::slice::from_ref(&record)).unwrap_err();
        assert!(
            why.contains(hint) && !why.contains("doc.answer"),
            "{record}: {why}"
        );
    }
}
