//! Exports as people bring them: what is no record of a layout is refused with what to type, and nothing that was shown is lost.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod refused;
mod shown;
mod spans;
mod streams;

use std::io::Cursor;

use serde_json::Value;

use hallmark_corpus::{CorpusError, ReadOptions, Reader, Record};

pub(crate) fn read_as(
    name: &str,
    text: &str,
    options: &ReadOptions,
) -> (Vec<Result<Record, CorpusError>>, Reader) {
    let mut reader = Reader::from_read(name, Cursor::new(text.to_owned()), options).unwrap();
    let records = reader.by_ref().collect();
    (records, reader)
}

pub(crate) fn error(text: &str, options: &ReadOptions) -> CorpusError {
    let (mut records, _) = read_as("in.jsonl", text, options);
    records.pop().unwrap().unwrap_err()
}

pub(crate) fn good(text: &str, options: &ReadOptions) -> Vec<Record> {
    let (records, _) = read_as("in.jsonl", text, options);
    records
        .into_iter()
        .map(|record| record.unwrap_or_else(|error| panic!("{error}\n{text}")))
        .collect()
}

pub(crate) fn texts(records: &[Record]) -> Vec<&str> {
    records
        .iter()
        .map(|record| record.body.text().unwrap())
        .collect()
}

pub(crate) fn shown(record: &Record, text: &str) -> bool {
    record.shown().any(|shown| shown.contains(text))
}

pub(crate) fn all_turns() -> ReadOptions {
    ReadOptions {
        all_turns: true,
        ..ReadOptions::default()
    }
}

/// What a file of these lines comes to: the answers' texts, whether what was shown is known, and how many failed; or why it is refused.
pub(crate) fn read_lines(lines: &[Value]) -> Result<(Vec<String>, Vec<bool>, u64), String> {
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
