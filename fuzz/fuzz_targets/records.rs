//! Answers: JSON lines, JSON, text; raw, gzip or zstd; fields at other places; every turn of a chat.
#![no_main]
use hallmark_corpus::{FieldMap, Format, Limits, Piece, ReadOptions, Reader, encode};
use hallmark_fuzz::{choice, line};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

const MOST: u64 = 1 << 20;

// A byte of choices, a line of field mappings with blanks between them, the file.
fuzz_target!(|bytes: &[u8]| {
    let (choice, rest) = choice(bytes);
    let (mappings, file) = line(rest);
    let fields = match FieldMap::parse(mappings.split_ascii_whitespace()) {
        Ok(fields) => fields,
        Err(error) => {
            let _ = error.to_string();
            FieldMap::default()
        }
    };
    let options = ReadOptions {
        format: [None, Some(Format::Jsonl), Some(Format::Json), Some(Format::Text)]
            [usize::from(choice & 3)],
        fields,
        all_turns: choice & 4 != 0,
        normalise: choice & 64 != 0,
        skip_bad: u64::from(choice & 8),
        refuse_failed: choice & 16 != 0,
        vocab_size: (choice & 32 != 0).then_some(1000),
        limits: Limits {
            max_total_bytes: 16 * MOST,
            max_record_bytes: MOST,
            max_document_bytes: MOST,
            ..Limits::default()
        },
        ..ReadOptions::default()
    };
    let reader = match Reader::from_read("fuzzed", Cursor::new(file.to_vec()), &options) {
        Ok(reader) => reader,
        Err(error) => return drop(error.to_string()),
    };
    let mut encoded = encode(reader, None);
    for record in encoded.by_ref() {
        match record {
            Ok(_) => {}
            Err(error) => drop(error.to_string()),
        }
    }
    let Ok(reader) = Reader::from_read("fuzzed", Cursor::new(file.to_vec()), &options) else {
        panic!("the same bytes are read once and not twice");
    };
    for record in reader.flatten() {
        assert!(record.body.bytes() <= MOST);
        assert!(record.exposure.iter().all(|piece| piece.bytes() <= MOST));
        if let (Some(size), Piece::Tokens(tokens)) = (options.vocab_size, &record.body) {
            assert!(tokens.iter().all(|&token| token < size));
        }
    }
});
