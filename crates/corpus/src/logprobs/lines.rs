//! JSON lines to records of log-probabilities.

use std::sync::Arc;

use super::records::Records;
use super::{LogprobRecord, layout};
use crate::error::{CorpusError, Reason};
use crate::input::Input;
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::Source;

pub(super) struct Lines {
    input: Input,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    pub(super) fn new(input: Input) -> Self {
        Self {
            input,
            line: vec![],
            number: 0,
        }
    }

    /// Whether there was another line; without its end in `self.line`.
    fn next_line(&mut self, limit: u64) -> Result<bool, Reason> {
        self.line.clear();
        loop {
            let available = self.input.fill()?;
            if available.is_empty() {
                return Ok(!self.line.is_empty());
            }
            let end = memchr::memchr(b'\n', available);
            let part = &available[..end.unwrap_or(available.len())];
            if (self.line.len() + part.len()) as u64 > limit {
                return Err(Reason::OverLimit {
                    limit: LimitKind::RecordBytes,
                    value: limit,
                });
            }
            self.line.extend_from_slice(part);
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                // An empty line is a line, which the caller passes over.
                if self.line.is_empty() {
                    self.line.push(b' ');
                }
                return Ok(true);
            }
        }
    }
}

impl Records for Lines {
    fn next_record(&mut self, options: &ReadOptions) -> Result<Option<LogprobRecord>, CorpusError> {
        let limit = options.limits.max_record_bytes;
        loop {
            self.number += 1;
            let more = self.next_line(limit);
            let fail = |reason| CorpusError::new(&self.input.file, Some(self.number), reason);
            if !more.map_err(fail)? {
                return Ok(None);
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let source = Source {
                file: Arc::clone(&self.input.file),
                line: self.number,
            };
            return layout::record(&self.line, source, options)
                .map(Some)
                .map_err(fail);
        }
    }
}
