//! Spans and events of traces.

use super::{error, good, read_as, shown, texts};
use hallmark_corpus::ReadOptions;
use serde_json::json;

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
