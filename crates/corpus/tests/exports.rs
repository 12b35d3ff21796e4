//! Exports as people bring them: what is no record of a layout is refused with what to type, and nothing that was shown is lost.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use serde_json::{Value, json};

use hallmark_corpus::{
    CorpusError, FieldMap, Layout, Limits, Piece, ReadOptions, Reader, Record, Requests,
};

fn read_as(
    name: &str,
    text: &str,
    options: &ReadOptions,
) -> (Vec<Result<Record, CorpusError>>, Reader) {
    let mut reader = Reader::from_read(name, Cursor::new(text.to_owned()), options).unwrap();
    let records = reader.by_ref().collect();
    (records, reader)
}

fn error(text: &str, options: &ReadOptions) -> CorpusError {
    let (mut records, _) = read_as("in.jsonl", text, options);
    records.pop().unwrap().unwrap_err()
}

fn good(text: &str, options: &ReadOptions) -> Vec<Record> {
    let (records, _) = read_as("in.jsonl", text, options);
    records
        .into_iter()
        .map(|record| record.unwrap_or_else(|error| panic!("{error}\n{text}")))
        .collect()
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

fn all_turns() -> ReadOptions {
    ReadOptions {
        all_turns: true,
        ..ReadOptions::default()
    }
}

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
fn pieces_of_a_stream_are_no_answers() {
    for piece in [
        json!({"id": "c", "object": "chat.completion.chunk", "choices": [{"delta": {"content": " The"}}]}),
        json!({"model": "m", "response": " The", "done": false}),
        json!({"model": "m", "message": {"role": "assistant", "content": " The"}, "done": false}),
        json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": " The"}}),
        json!({"type": "response.output_text.delta", "delta": " The"}),
    ] {
        let error = error(&piece.to_string(), &ReadOptions::default());
        assert!(
            error.to_string().contains("one piece of a streamed answer"),
            "{error}"
        );
        assert!(error.hint().contains("jq "), "{}", error.hint());
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

/// The newest first: by times they are turned round; without times every turn is shown with every answer.
#[test]
fn chats_with_the_newest_first_show_the_question() {
    let turn = |role: &str, content: &str, at: Option<u32>| match at {
        Some(at) => json!({"role": role, "content": content, "created_at": at}),
        None => json!({"role": role, "content": content}),
    };
    let timed = json!({"messages": [turn("assistant", "a2", Some(4)), turn("user", "q2", Some(3)), turn("assistant", "a1", Some(2)), turn("user", "q1", Some(1))]});
    let records = good(&timed.to_string(), &all_turns());
    assert_eq!(texts(&records), ["a1", "a2"]);
    assert!(shown(&records[0], "q1") && !shown(&records[0], "q2") && shown(&records[1], "q2"));
    assert!(
        records
            .iter()
            .all(|record| record.exposure_known && !record.origin.any_order)
    );
    // Times that neither rise nor fall leave no order that is sure.
    let mixed = json!({"messages": [turn("user", "q1", Some(1)), turn("assistant", "a2", Some(4)), turn("user", "q2", Some(3)), turn("assistant", "a1", Some(2))]});
    let records = good(&mixed.to_string(), &all_turns());
    assert_eq!(texts(&records), ["a2", "a1"]);
    assert!(shown(&records[0], "q2") && shown(&records[0], "a1") && shown(&records[1], "a2"));
    let bare = json!({"messages": [turn("assistant", "a2", None), turn("user", "q2", None), turn("assistant", "a1", None), turn("user", "q1", None)]});
    for record in good(&bare.to_string(), &all_turns()) {
        assert!(shown(&record, "q1") && shown(&record, "q2") && record.origin.any_order);
    }
}

#[test]
fn thoughts_in_the_text_are_shown_as_those_beside_it() {
    let text = "<think>\nthe gate, I think\n</think>\n\nIt is shut.";
    for record in [
        json!({"prompt": "q", "response": text}),
        json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": text}]}),
    ] {
        let records = good(&record.to_string(), &ReadOptions::default());
        assert_eq!(texts(&records), ["It is shut."]);
        assert!(shown(&records[0], "the gate, I think"));
    }
    let document = json!({"text": text}).to_string();
    assert_eq!(texts(&good(&document, &ReadOptions::default())), [text]);
}

/// What tools, searches and steps around the answers gave was shown; the answer again under another name was not.
#[test]
fn nothing_of_a_trace_is_lost() {
    let answer =
        "the old bridge was shut at noon, and nobody came until the evening bells rang out";
    let trace = json!({"id": "t", "input": "asked of the trace", "output": {"said": answer}, "observations": [
        {"type": "GENERATION", "input": "q", "output": answer, "metadata": {"m": "said beside"}},
        {"type": "SPAN", "name": "search", "output": {"docs": ["found by a span"], "again": answer}},
        {"type": "TOOL", "output": "given by a tool"}]});
    let records = good(&trace.to_string(), &ReadOptions::default());
    assert_eq!(texts(&records), [answer]);
    for said in [
        "asked of the trace",
        "said beside",
        "found by a span",
        "given by a tool",
    ] {
        assert!(
            shown(&records[0], said),
            "{said}: {:?}",
            records[0].exposure
        );
    }
    assert!(!shown(&records[0], answer));
    let spans = json!({"resourceSpans": [{"scopeSpans": [{"spans": [
        {"name": "chat", "attributes": {"gen_ai.input.messages": [{"role": "user", "content": "q"}], "gen_ai.completion": answer, "retrieval.output": "found beside"}},
        {"name": "tool", "attributes": {"tool.response": "given by a tool", "app.output": {"said": answer}}}]}]}]});
    let records = good(&spans.to_string(), &ReadOptions::default());
    assert_eq!(texts(&records), [answer]);
    assert!(shown(&records[0], "found beside") && shown(&records[0], "given by a tool"));
    assert!(!shown(&records[0], answer));
    let grounded = json!({"contents": [{"role": "user", "parts": [{"text": "q"}]}], "candidates": [{"content": {"role": "model", "parts": [{"text": answer}]}, "groundingMetadata": {"chunks": ["found by a search"]}}]});
    let records = good(&grounded.to_string(), &ReadOptions::default());
    assert!(shown(&records[0], "found by a search") && !records[0].exposure_known);
}

#[test]
fn a_trace_of_many_answers_is_not_held_many_times_over() {
    let long = "x".repeat(10_000);
    let generation = json!({"type": "GENERATION", "output": "a"});
    let trace =
        json!({"id": "t", "input": long, "observations": vec![generation; 200]}).to_string();
    let options = ReadOptions {
        limits: Limits {
            max_document_bytes: 1_000_000,
            ..Limits::default()
        },
        ..ReadOptions::default()
    };
    let error = error(&trace, &options);
    assert!(error.to_string().contains("max-document-bytes"), "{error}");
    assert_eq!(good(&trace, &ReadOptions::default()).len(), 200);
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

/// The answer of an event stands at one place alone: there it is no part of what was shown, and everything else is.
#[test]
fn the_answer_of_an_event_was_not_shown() {
    let text = |value: &str| json!({"stringValue": value});
    let keyed = |key: &str, value: serde_json::Value| json!({"key": key, "value": value});
    let user = json!({"name": "gen_ai.user.message", "attributes": [keyed("content", text("What of the river?"))]});
    let said = json!({"role": "assistant", "content": "Teal and slow."}).to_string();
    let by_attributes = json!({"name": "gen_ai.choice", "attributes": [keyed("message", text(&said)), keyed("note", text("a note beside"))]});
    let by_body = json!({"name": "gen_ai.choice", "body": {"kvlistValue": {"values": [
        keyed("message", json!({"kvlistValue": {"values": [keyed("role", text("assistant")), keyed("content", text("Teal and slow."))]}})),
        keyed("note", text("a note beside")),
    ]}}});
    for choice in [by_attributes, by_body] {
        let record = json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "chat",
            "attributes": [keyed("gen_ai.request.model", text("m"))], "events": [user, choice]}]}]}]});
        let records = good(&record.to_string(), &ReadOptions::default());
        assert_eq!(texts(&records), ["Teal and slow."], "{record}");
        assert!(shown(&records[0], "What of the river?"), "{record}");
        assert!(shown(&records[0], "a note beside"), "{record}");
        assert!(!shown(&records[0], "Teal and slow."), "{record}");
    }
    let record = json!({"name": "gen_ai.event", "body": {"stringValue": "words in a body"},
        "attributes": [keyed("gen_ai.completion.0.content", text("Teal."))]});
    let records = good(&record.to_string(), &ReadOptions::default());
    assert_eq!(texts(&records), ["Teal."]);
    assert!(shown(&records[0], "words in a body"));
}

/// Programs log the prompt and its answer in one text, as a template writes them: only what the assistant said last is the answer.
#[test]
fn a_chat_in_one_text_shows_its_prompt() {
    let chat = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nA colour of the gate?<|im_end|>\n<|im_start|>assistant\nTeal.<|im_end|>\n<|im_start|>user\nAnd of the river?<|im_end|>\n<|im_start|>assistant\nGrey.<|im_end|>\n";
    let instruct = "<s>[INST] A colour of the gate? [/INST] Teal. </s><s>[INST] And of the river? [/INST] Grey. </s>";
    let alpaca = "Below is an instruction.\n\n### Instruction:\nA colour of the gate? Teal. And of the river?\n\n### Response:\nGrey.";
    for text in [chat, instruct, alpaca] {
        for (record, layout) in [
            (json!({"text": text}), "chat"),
            (json!({"generated_text": text}), "generated-text"),
            (json!({"response": text}), "answer"),
            (json!({"prompt": "p", "completion": text}), "completion"),
            (json!({"choices": [{"text": text}]}), "openai-completions"),
        ] {
            let records = good(&record.to_string(), &ReadOptions::default());
            assert_eq!(texts(&records), ["Grey."], "{record}");
            let [record] = &records[..] else { panic!() };
            assert_eq!(record.origin.layout.name(), layout);
            assert!(shown(record, "And of the river?") && shown(record, "Teal."));
            assert!(record.exposure_known && !shown(record, "Grey."));
        }
    }
    let all = good(&json!({"text": chat}).to_string(), &all_turns());
    assert_eq!(texts(&all), ["Teal.", "Grey."]);
    assert!(shown(&all[0], "A colour of the gate?") && !shown(&all[0], "And of the river?"));
    let (file, _) = read_as("in.txt", instruct, &ReadOptions::default());
    assert_eq!(file[0].as_ref().unwrap().body.text(), Some("Grey."));
    // Nobody answers in a prompt, and ids of all of it are no ids of the answer.
    let asked = json!({"text": "<|im_start|>user\nq<|im_end|>\n"}).to_string();
    let asked = error(&asked, &ReadOptions::default());
    assert!(
        asked.to_string().contains("no turn has the role"),
        "{asked}"
    );
    let ids = json!({"text": chat, "tokens": [1, 2, 3]}).to_string();
    let records = good(&ids, &ReadOptions::default());
    assert_eq!(records[0].body, Piece::Text("Grey.".into()));
    let by_ids = ReadOptions {
        ids: true,
        ..ReadOptions::default()
    };
    assert!(error(&ids, &by_ids).hint().contains("leave --ids out"));
}

/// Events of one call may stand apart: in one export they are joined, and in lines of their own the question is refused with the command
/// that joins them.
#[test]
fn events_of_one_span_are_one_call() {
    let event = |name: &str, span: &str, body: serde_json::Value| json!({"event_name": name, "trace_id": "t", "span_id": span, "body": body});
    let user =
        |span: &str, text: &str| event("gen_ai.user.message", span, json!({"content": text}));
    let choice = |span: &str, text: &str| {
        let said = json!({"role": "assistant", "content": text});
        event("gen_ai.choice", span, json!({"index": 0, "message": said}))
    };
    let events = [
        user("a", "What of the gate?"),
        user("b", "And the river?"),
        choice("a", "It is teal."),
        choice("b", "It is grey."),
    ];
    for export in [
        json!({"resourceLogs": events}),
        json!({"resourceLogs": [{"scopeLogs": [{"logRecords": events}]}]}),
    ] {
        let records = good(&export.to_string(), &ReadOptions::default());
        assert_eq!(texts(&records), ["It is teal.", "It is grey."]);
        assert!(records.iter().all(|record| record.exposure_known));
        assert!(shown(&records[0], "What of the gate?") && !shown(&records[0], "river"));
        assert!(shown(&records[1], "And the river?") && !shown(&records[1], "grey"));
    }
    let error = error(&events[0].to_string(), &ReadOptions::default());
    assert!(
        error
            .to_string()
            .contains("its answer stands in another record"),
        "{error}"
    );
    assert!(
        error
            .hint()
            .contains("group_by(.span_id)[] | {resourceLogs: .}")
    );
    let alone = good(&events[2].to_string(), &ReadOptions::default());
    assert!(!alone[0].exposure_known);
}

#[test]
fn an_archive_is_named() {
    let archive = Reader::from_read("in.zip", &b"PK\x03\x04\x14\0"[..], &ReadOptions::default());
    let error = archive.err().unwrap();
    assert!(error.to_string().contains("is a zip archive"), "{error}");
    assert!(error.hint().contains("unzip"));
}

#[test]
fn spans_of_openinference_are_read_in_every_form() {
    let turn = |role: &str, text: &str| json!({"message": {"role": role, "content": text}});
    let column = |role: &str, text: &str| json!({"message.role": role, "message.content": text});
    let keyed = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let asked = "What of the gate?";
    let answer = "It is teal.";
    for span in [
        json!({"name": "chat", "attributes": {"openinference.span.kind": "LLM", "input.value": asked, "output.value": answer,
            "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": asked,
            "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": answer}}),
        json!({"name": "chat", "attributes": {"openinference": {"span": {"kind": "LLM"}}, "output": {"value": answer},
            "llm": {"input_messages": [turn("user", asked)], "output_messages": [turn("assistant", answer)]}}}),
        json!({"name": "chat", "attributes.llm.input_messages": [column("user", asked)], "attributes.output.value": answer,
            "attributes.llm.output_messages": [column("assistant", answer)]}),
        json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "chat", "attributes": [
            keyed("llm.input_messages.0.message.role", "user"), keyed("llm.input_messages.0.message.content", asked),
            keyed("llm.output_messages.0.message.role", "assistant"), keyed("llm.output_messages.0.message.content", answer)]}]}]}]}),
    ] {
        let records = good(&span.to_string(), &ReadOptions::default());
        assert_eq!(texts(&records), [answer], "{span}");
        assert_eq!(records[0].origin.layout.name(), "opentelemetry");
        assert!(
            shown(&records[0], asked) && records[0].exposure_known,
            "{span}"
        );
        assert!(
            !shown(&records[0], answer),
            "{span} {:?}",
            records[0].exposure
        );
    }
    let chain = json!({"name": "c", "attributes": {"openinference.span.kind": "CHAIN", "input.value": "q", "output.value": "a"}});
    let lines = format!("{chain}\n{{\"text\": \"good\"}}\n");
    let (records, reader) = read_as("in.jsonl", &lines, &ReadOptions::default());
    assert_eq!((records.len(), reader.skipped().failed), (1, 1));
}

/// What a file of these lines comes to: the answers' texts, whether what was shown is known, and how many failed; or why it is refused.
fn read_lines(lines: &[Value]) -> Result<(Vec<String>, Vec<bool>, u64), String> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let (records, reader) = read_as("in.jsonl", &text, &ReadOptions::default());
    let mut texts = vec![];
    let mut known = vec![];
    for record in records {
        let record = record.map_err(|error| format!("{error} {}", error.hint()))?;
        texts.push(record.body.text().unwrap_or_default().to_owned());
        known.push(record.exposure_known);
    }
    Ok((texts, known, reader.skipped().failed))
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

/// One turn a line: who asks is never an answer, by whatever name he speaks.
#[test]
fn turns_of_those_who_ask_are_no_answers() {
    let kept = json!({"prompt": "q", "response": "kept"});
    for record in [
        json!({"from": "human", "text": "asked"}),
        json!({"speaker": "User", "text": "asked"}),
        json!({"sender": "user", "content": "asked"}),
        json!({"author": {"role": "user"}, "text": "asked"}),
        json!({"type": "human", "text": "asked"}),
        json!({"role": "prompter", "parent_id": null, "text": "asked"}),
    ] {
        let (texts, _, failed) = read_lines(&[record.clone(), kept.clone()]).unwrap();
        assert_eq!((texts, failed), (vec!["kept".to_owned()], 1), "{record}");
    }
    // Who wrote a document is not who asks.
    for record in [
        json!({"author": "Ada", "text": "a document"}),
        json!({"type": "article", "text": "a document"}),
    ] {
        assert_eq!(read_lines(&[record]).unwrap().0, ["a document"]);
    }
}

/// A system's text is not what was asked.
#[test]
fn a_system_text_alone_does_not_say_what_was_shown() {
    let output = json!([{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "the end"}]}]);
    for (record, is_known) in [
        (
            json!({"id": "r", "object": "response", "status": "completed", "instructions": "Be brief.", "output": output}),
            false,
        ),
        (
            json!({"id": "r", "object": "response", "status": "completed", "instructions": "Be brief.", "input": "q", "output": output}),
            true,
        ),
        (
            json!({"system": "x", "choices": [{"message": {"role": "assistant", "content": "the end"}}]}),
            false,
        ),
        (
            json!({"system": "x", "model": "m", "message": {"role": "assistant", "content": "the end"}, "done": true}),
            false,
        ),
        (
            json!({"preamble": "x", "generation_id": "g", "text": "the end"}),
            false,
        ),
        (
            json!({"preamble": "x", "message": "q", "generation_id": "g", "text": "the end"}),
            true,
        ),
        (
            json!({"system": "x", "instruction": "", "output": "the end"}),
            false,
        ),
        (
            json!({"system": "x", "instruction": "q", "output": "the end"}),
            true,
        ),
    ] {
        let (texts, known, _) = read_lines(std::slice::from_ref(&record)).unwrap();
        assert_eq!(
            (texts, known),
            (vec!["the end".to_owned()], vec![is_known]),
            "{record}"
        );
    }
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

/// A history that was written down when the answer was in it already.
#[test]
fn an_answer_at_the_end_of_its_own_history_is_not_shown() {
    let turns =
        json!([{"role": "USER", "message": "q"}, {"role": "CHATBOT", "message": "the end"}]);
    let asked =
        json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "the end"}]);
    for record in [
        json!({"response_id": "r", "text": "the end", "generation_id": "g", "chat_history": turns, "finish_reason": "COMPLETE"}),
        json!({"request": {"messages": asked}, "response": {"choices": [{"message": {"role": "assistant", "content": "the end"}}]}}),
    ] {
        let records = good(&record.to_string(), &ReadOptions::default());
        assert_eq!(texts(&records), ["the end"]);
        assert!(
            !shown(&records[0], "the end") && shown(&records[0], "q"),
            "{record}"
        );
    }
}

/// Pieces of a stream are refused with what joins them.
#[test]
fn pieces_of_streams_are_no_answers() {
    for record in [
        json!({"candidates": [{"content": {"parts": [{"text": "Hi "}], "role": "model"}}], "responseId": "a"}),
        json!({"object": "text_completion", "id": "a", "choices": [{"index": 0, "text": "Hi ", "finish_reason": null}]}),
        json!({"text": "Hi ", "meta_info": {"id": "a", "finish_reason": null}}),
        json!({"content": "Hi ", "tokens": [1], "stop": false}),
        json!({"request": {"prompt": "q"}, "response": {"response": "Hi ", "done": false}}),
    ] {
        let why = read_lines(std::slice::from_ref(&record)).unwrap_err();
        assert!(why.contains("jq "), "{record}: {why}");
    }
    let events = "data: {\"choices\": []}\n\ndata: [DONE]\n";
    for name in ["in.jsonl", "in.txt", "in.log"] {
        let Err(why) =
            Reader::from_read(name, std::io::Cursor::new(events), &ReadOptions::default())
        else {
            panic!("{name} is read");
        };
        assert!(
            why.to_string().contains("the events of a stream") && why.hint().contains("sed "),
            "{why}"
        );
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

/// Where the answer is named, turns and requests beside it say what was shown as they do elsewhere.
#[test]
fn a_prompt_beside_a_named_answer_is_known() {
    let options = |field: &str| ReadOptions {
        fields: FieldMap::parse([field]).unwrap(),
        ..ReadOptions::default()
    };
    let contents = json!({"contents": [{"role": "user", "parts": [{"text": "q"}]}, {"role": "model", "parts": [{"text": "the "}, {"text": "end"}]}]});
    let responses = json!({"input": "q", "output": [{"type": "reasoning", "summary": []}, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "the end"}]}]});
    for (record, field, is_known) in [
        (contents, "response=contents.1.parts", true),
        (responses, "response=output.[type=message].content", true),
        (
            json!({"reply": {"body": "the end"}, "system": "Be brief."}),
            "response=reply.body",
            false,
        ),
        (
            json!({"reply": {"body": "the end"}, "note": "q"}),
            "response=reply.body",
            false,
        ),
    ] {
        let records = good(&record.to_string(), &options(field));
        assert_eq!(texts(&records), ["the end"]);
        assert_eq!(records[0].exposure_known, is_known, "{record}");
    }
}
