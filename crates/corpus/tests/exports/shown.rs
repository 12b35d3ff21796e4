//! What was shown with an answer.

use super::{all_turns, error, good, read_as, read_lines, shown, texts};
use hallmark_corpus::{FieldMap, Limits, Piece, ReadOptions};
use serde_json::json;

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
