//! JSON lines: one object a line.

use std::sync::Arc;

use crate::error::{CorpusError, Reason};
use crate::formats::records::{RecordKind, Records, Several};
use crate::input::Input;
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::Source;

/// The records of JSON lines.
pub(crate) struct Lines {
    input: Input,
    options: Arc<ReadOptions>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    pub(crate) fn new(input: Input, options: Arc<ReadOptions>) -> Self {
        Self {
            input,
            options,
            line: Vec::new(),
            number: 0,
        }
    }

    /// The line's JSON: without the byte order mark that stands where files were joined.
    fn json(&self) -> &[u8] {
        let mark = "\u{feff}".as_bytes();
        self.line.strip_prefix(mark).unwrap_or(&self.line)
    }

    /// Reads the next line into `self.line`, without its end. A line beyond the limit is read to its end, so that the
    /// next one can be, but not kept.
    fn next_line(&mut self) -> Result<Line, Reason> {
        self.line.clear();
        self.number += 1;
        let limit = self.options.limits.max_record_bytes;
        let mut length = 0u64;
        loop {
            let available = self.input.fill()?;
            if available.is_empty() {
                return Ok(if length == 0 {
                    Line::End
                } else {
                    Line::of(length, limit)
                });
            }
            let end = memchr::memchr(b'\n', available);
            let part = &available[..end.unwrap_or(available.len())];
            length += part.len() as u64;
            if length <= limit {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(Line::of(length, limit));
            }
        }
    }
}

impl<K: RecordKind> Records<K> for Lines {
    fn next_records(&mut self) -> Option<Result<Several<K>, CorpusError>> {
        loop {
            let line = self.next_line();
            let fail = |reason| CorpusError::new(&self.input.file, Some(self.number), reason);
            return match line {
                Err(reason) => Some(Err(fail(reason))),
                Ok(Line::End) => None,
                Ok(Line::TooLong) => {
                    let value = self.options.limits.max_record_bytes;
                    Some(Err(fail(Reason::OverLimit {
                        limit: LimitKind::RecordBytes,
                        value,
                    })))
                }
                Ok(Line::Whole) if self.json().trim_ascii().is_empty() => continue,
                Ok(Line::Whole) => {
                    let source = Source::new(Arc::clone(&self.input.file), self.number);
                    Some(K::from_json(self.json(), source, &self.options).map_err(fail))
                }
            };
        }
    }

    fn line(&self) -> u64 {
        self.number
    }
}

enum Line {
    Whole,
    TooLong,
    End,
}

impl Line {
    fn of(length: u64, limit: u64) -> Self {
        if length > limit {
            Self::TooLong
        } else {
            Self::Whole
        }
    }
}
