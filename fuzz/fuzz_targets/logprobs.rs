//! Log-probabilities of a suspect, as services give them.
#![no_main]
use hallmark_corpus::logprobs::LogprobReader;
use hallmark_corpus::{FieldMap, ReadOptions};
use hallmark_fuzz::line;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    let (mappings, file) = line(bytes);
    let fields = FieldMap::parse(mappings.split_ascii_whitespace()).unwrap_or_default();
    let options = ReadOptions { fields, vocab_size: Some(1000), ..ReadOptions::default() };
    if let Ok(reader) = LogprobReader::from_read("fuzzed", Cursor::new(file.to_vec()), &options) {
        for record in reader {
            match record {
                Ok(record) => drop(record.encode(None, 2)),
                Err(error) => drop(error.to_string()),
            }
        }
    }
});
