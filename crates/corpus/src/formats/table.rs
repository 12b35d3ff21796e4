//! Comma- and tab-separated values: the first line names the fields, every other line is a record.
//!
//! A cell is text, and an empty one is absent. Where a field is a list or stands within one, the cell holds it as JSON.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, ErrorKind, ReaderBuilder, StringRecord};

use super::quotes::Quotes;
use crate::error::{CorpusError, Reason};
use crate::failed::failure;
use crate::formats::json_object;
use crate::formats::records::{Records, Several};
use crate::input::Input;
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::{Record, Source};
use crate::tree::{Parsed, Tree, embedded};

/// The records of a table.
pub(crate) struct Table {
    file: Arc<str>,
    options: Arc<ReadOptions>,
    reader: csv::Reader<Cells>,
    /// Bytes that were read since the last record.
    since: Arc<AtomicU64>,
    names: Option<StringRecord>,
    row: ByteRecord,
    line: u64,
    /// Lines by which the reader's count lags behind: it takes the second half of CR LF with the next row.
    lag: u64,
}

/// Bytes of a table. What is wrong with them is kept beside the error that a reader can give.
struct Cells {
    input: Input,
    quotes: Quotes,
    since: Arc<AtomicU64>,
    limit: u64,
}

/// Why a table's bytes cannot be read.
#[derive(Debug)]
struct Failed(Reason);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failed {}

/// Bytes that are read ahead of the records.
const AHEAD: usize = 1 << 16;

impl Read for Cells {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let failed = |reason| io::Error::other(Failed(reason));
        let available = self.input.fill().map_err(failed)?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.quotes.see(&buffer[..length]);
        if length == 0
            && !buffer.is_empty()
            && let Some(line) = self.quotes.open()
        {
            return Err(failed(Reason::OpenQuote { line }));
        }
        self.input.consume(length);
        let since = self.since.fetch_add(length as u64, Ordering::Relaxed);
        if since > self.limit + AHEAD as u64 {
            return Err(failed(Reason::OverLimit {
                limit: LimitKind::RecordBytes,
                value: self.limit,
            }));
        }
        Ok(length)
    }
}

impl Table {
    /// `delimiter` stands between cells; a first line that has semicolons and no comma is of a table with these.
    pub(crate) fn new(input: Input, delimiter: u8, options: Arc<ReadOptions>) -> Self {
        let first = input.start.split(|&byte| byte == b'\n').next();
        let first = first.unwrap_or_default();
        let delimiter = match delimiter {
            b',' if !first.contains(&b',') && first.contains(&b';') => b';',
            other => other,
        };
        let lag = u64::from(first.ends_with(b"\r"));
        let since = Arc::new(AtomicU64::new(0));
        let cells = Cells {
            quotes: Quotes::new(delimiter),
            since: Arc::clone(&since),
            limit: options.limits.max_record_bytes,
            input,
        };
        let mut builder = ReaderBuilder::new();
        builder.delimiter(delimiter).has_headers(false);
        builder.buffer_capacity(AHEAD);
        Self {
            file: Arc::clone(&cells.input.file),
            reader: builder.from_reader(cells),
            since,
            options,
            names: None,
            row: ByteRecord::new(),
            line: 1,
            lag,
        }
    }

    /// Reads the next row; no behind the last.
    fn next_row(&mut self) -> Result<bool, Reason> {
        self.line = self.reader.position().line();
        let read = self.reader.read_byte_record(&mut self.row);
        self.since.store(0, Ordering::Relaxed);
        if let Some(at) = self.row.position() {
            self.line = at.line() + self.lag * u64::from(self.names.is_some());
        }
        read.map_err(reason)
    }

    fn names(&mut self) -> Result<Option<StringRecord>, Reason> {
        if let Some(names) = &self.names {
            return Ok(Some(names.clone()));
        }
        if !self.next_row()? {
            return Ok(None);
        }
        let names = StringRecord::from_byte_record(self.row.clone());
        let mut names = names.map_err(|error| Reason::Utf8 {
            at: error.utf8_error().valid_up_to(),
        })?;
        names.trim();
        self.names = Some(names.clone());
        Ok(Some(names))
    }

    /// Where every cell that could be the answer is empty, the answer is an empty text: a table has no other way to write it.
    fn empty_answer(&self, names: &StringRecord, tree: &mut Tree) {
        let is_answer = |name: &&str| {
            ANSWERS.contains(name) && !self.options.fields.maps_answer()
                || self.options.fields.is_body(name)
        };
        let mut columns = names.iter().filter(is_answer);
        let is_empty = columns.clone().all(|name| tree.get(name).is_none());
        if let Some(first) = columns.next()
            && is_empty
            && failure(tree).is_none()
        {
            tree.put(first, Tree::Text(String::new()));
        }
    }

    fn records(&mut self) -> Result<Option<Several<Record>>, Reason> {
        let Some(names) = self.names()? else {
            return Ok(None);
        };
        if !self.next_row()? {
            return Ok(None);
        }
        let levels = self.options.limits.nesting();
        let mut fields = vec![];
        for (name, cell) in names.iter().zip(&self.row) {
            let cell = str::from_utf8(cell).map_err(|e| Reason::Utf8 {
                at: e.valid_up_to(),
            })?;
            let is_list = LISTS.contains(&name);
            let value = match cell {
                "" => Tree::Null,
                cell if is_list => {
                    embedded(cell, levels).unwrap_or_else(|| Tree::Text(cell.to_owned()))
                }
                cell => Tree::Text(cell.to_owned()),
            };
            fields.push((name.to_owned(), value));
        }
        let mut tree = Tree::Object(fields);
        self.empty_answer(&names, &mut tree);
        let read = Parsed {
            tree,
            has_halves: false,
            utf8_up_to: None,
        };
        let source = Source::new(Arc::clone(&self.file), self.line);
        json_object::records_of(read, &source, &self.options).map(Some)
    }
}

/// Columns of answers in the layouts that are told by name.
const ANSWERS: [&str; 4] = ["output", "completion", "generated_text", "chosen"];

/// Columns that hold lists and objects, as JSON, in the layouts that are told by name.
const LISTS: [&str; 16] = [
    "messages",
    "conversations",
    "conversation",
    "dialog",
    "dialogue",
    "contents",
    "candidates",
    "choices",
    "output",
    "request",
    "result",
    "error",
    "observations",
    "attributes",
    "events",
    "body",
];

impl Records<Record> for Table {
    fn next_records(&mut self) -> Option<Result<Several<Record>, CorpusError>> {
        let records = self.records().transpose()?;
        Some(records.map_err(|reason| CorpusError::new(&self.file, Some(self.line), reason)))
    }

    fn line(&self) -> u64 {
        self.line
    }
}

fn reason(error: csv::Error) -> Reason {
    match error.into_kind() {
        ErrorKind::Io(error) => match error.downcast::<Failed>() {
            Ok(Failed(reason)) => reason,
            Err(error) => Reason::Read(error),
        },
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => Reason::Cells {
            found: len,
            expected: expected_len,
        },
        other => Reason::Read(io::Error::other(csv_message(&other))),
    }
}

fn csv_message(kind: &ErrorKind) -> String {
    format!("{kind:?}")
}
