//! Answers and log-probabilities in Parquet.
#![no_main]
use hallmark_corpus::logprobs::LogprobReader;
use hallmark_corpus::{Limits, ReadOptions, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: hallmark_fuzz::let_unwind("parquet"), |bytes: &[u8]| {
    let file = hallmark_fuzz::file(bytes, "parquet");
    let options = ReadOptions {
        skip_bad: 3,
        limits: Limits {
            max_total_bytes: 16 << 20,
            max_record_bytes: 1 << 20,
            max_document_bytes: 1 << 20,
            ..Limits::default()
        },
        ..ReadOptions::default()
    };
    if let Ok(reader) = Reader::open(&file, &options) {
        for error in reader.take(1000).filter_map(Result::err) {
            let _ = error.to_string();
        }
    }
    if let Ok(reader) = LogprobReader::open(&file, &options) {
        for error in reader.take(1000).filter_map(Result::err) {
            let _ = error.to_string();
        }
    }
});
