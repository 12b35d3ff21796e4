//! Pieces of streams are no answers.

use super::{error, read_lines};
use hallmark_corpus::{ReadOptions, Reader};
use serde_json::json;

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
