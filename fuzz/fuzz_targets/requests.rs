//! What was asked, in a file beside the answers: the requests up to a line that ends both, then the answers.
#![no_main]
use hallmark_corpus::{ReadOptions, Reader, Requests};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let cut = bytes.windows(5).position(|five| five == b"\n---\n").unwrap_or(bytes.len());
    let (asked, answers) = bytes.split_at(cut);
    let file = hallmark_fuzz::file(asked, "jsonl");
    let options = ReadOptions { skip_bad: 3, ..ReadOptions::default() };
    let requests = match Requests::read([file], &options) {
        Ok(requests) => Arc::new(requests),
        Err(error) => return drop(error.to_string()),
    };
    let options = ReadOptions { requests: Some(requests), ..options };
    let answers = answers.get(5..).unwrap_or_default().to_vec();
    if let Ok(mut reader) = Reader::from_read("answers.jsonl", Cursor::new(answers), &options) {
        for error in reader.by_ref().filter_map(Result::err) {
            let _ = error.to_string();
        }
        let _ = reader.unanswered();
    }
});
