//! Lines to records of log-probabilities.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{LogprobRecord, layout};
use crate::error::{CorpusError, Reason};
use crate::format::PARQUET_MAGIC;
use crate::input::Input;
use crate::limits::LimitKind;
use crate::reader::ReadOptions;
use crate::record::Source;

/// The records of one or more files of JSON lines, in order; `-` is standard input.
///
/// The first bad record ends the stream: nothing is skipped.
///
/// ```
/// use hallmark_corpus::logprobs::{LogprobReader, Positions};
/// use hallmark_corpus::ReadOptions;
///
/// let line = br#"{"context_tokens": [5, 6], "top": [[7, -0.2], [9, -2.5]]}"#;
/// let mut reader = LogprobReader::from_read("probe.jsonl", &line[..], &ReadOptions::default())?;
/// let record = reader.next().expect("one record")?;
/// assert!(matches!(record.positions, Positions::Context { ref tokens, .. } if tokens == &[5, 6]));
/// # Ok::<(), hallmark_corpus::CorpusError>(())
/// ```
pub struct LogprobReader {
    options: ReadOptions,
    waiting: VecDeque<PathBuf>,
    current: Option<Lines>,
}

struct Lines {
    input: Input,
    line: Vec<u8>,
    number: u64,
    records: u64,
}

impl LogprobReader {
    /// Opens inputs to be read one after another.
    ///
    /// # Errors
    /// Where the first cannot be opened or is no text.
    pub fn open_all<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        options: &ReadOptions,
    ) -> Result<Self, CorpusError> {
        let waiting = paths.into_iter().map(|path| path.as_ref().to_path_buf());
        let mut reader = Self {
            options: options.clone(),
            waiting: waiting.collect(),
            current: None,
        };
        reader.open_next()?;
        Ok(reader)
    }

    /// Reads from any byte stream; the name stands in messages.
    ///
    /// # Errors
    /// Where the first bytes cannot be read.
    pub fn from_read(
        name: &str,
        read: impl Read + Send + 'static,
        options: &ReadOptions,
    ) -> Result<Self, CorpusError> {
        Ok(Self {
            options: options.clone(),
            waiting: VecDeque::new(),
            current: Some(Lines::new(&name.into(), Box::new(read), options)?),
        })
    }

    fn open_next(&mut self) -> Result<(), CorpusError> {
        self.current = None;
        let Some(path) = self.waiting.pop_front() else {
            return Ok(());
        };
        let name: Arc<str> = path.to_string_lossy().into();
        let read: Box<dyn Read + Send> = if path.as_os_str() == "-" {
            Box::new(io::stdin())
        } else {
            let fail = |e| CorpusError::new(&name, None, Reason::Open(e));
            Box::new(File::open(&path).map_err(fail)?)
        };
        self.current = Some(Lines::new(&name, read, &self.options)?);
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<LogprobRecord>, CorpusError> {
        while let Some(current) = &mut self.current {
            if let Some(record) = current.next_record(&self.options)? {
                return Ok(Some(record));
            }
            if current.records == 0 {
                return Err(CorpusError::new(&current.input.file, None, Reason::Empty));
            }
            self.open_next()?;
        }
        Ok(None)
    }
}

impl Iterator for LogprobReader {
    type Item = Result<LogprobRecord, CorpusError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            self.current = None;
            self.waiting.clear();
        }
        next.transpose()
    }
}

impl Lines {
    fn new(
        name: &Arc<str>,
        read: Box<dyn Read + Send>,
        options: &ReadOptions,
    ) -> Result<Self, CorpusError> {
        let (input, start) = Input::new(Arc::clone(name), read, &options.limits)?;
        if start.starts_with(PARQUET_MAGIC) {
            let why = "log-probabilities are read from JSON lines; convert the file".to_owned();
            return Err(CorpusError::new(name, None, Reason::Parquet(why)));
        }
        Ok(Self {
            input,
            line: vec![],
            number: 0,
            records: 0,
        })
    }

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
            self.records += 1;
            let source = Source {
                file: Arc::clone(&self.input.file),
                line: self.number,
            };
            return layout::record(&self.line, source, options)
                .map(Some)
                .map_err(fail);
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
