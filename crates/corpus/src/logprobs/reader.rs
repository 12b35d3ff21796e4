//! One stream of records of log-probabilities over all files.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::LogprobRecord;
use super::lines::Lines;
use super::records::Records;
use crate::error::{CorpusError, Reason};
use crate::formats::PARQUET_MAGIC;
use crate::input::Input;
use crate::options::ReadOptions;

/// The records of one or more files of JSON lines or Parquet, in order; `-` is standard input.
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
    current: Option<Current>,
}

/// The input that is being read.
struct Current {
    file: Arc<str>,
    records: Box<dyn Records>,
    is_empty: bool,
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
            current: Some(Current::new(name.into(), Box::new(read), None, options)?),
        })
    }

    fn open_next(&mut self) -> Result<(), CorpusError> {
        self.current = None;
        let Some(path) = self.waiting.pop_front() else {
            return Ok(());
        };
        let name: Arc<str> = path.to_string_lossy().into();
        let (read, path): (Box<dyn Read + Send>, _) = if path.as_os_str() == "-" {
            (Box::new(io::stdin()), None)
        } else {
            let fail = |e| CorpusError::new(&name, None, Reason::Open(e));
            (Box::new(File::open(&path).map_err(fail)?), Some(path))
        };
        self.current = Some(Current::new(name, read, path.as_deref(), &self.options)?);
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<LogprobRecord>, CorpusError> {
        while let Some(current) = &mut self.current {
            if let Some(record) = current.records.next_record(&self.options)? {
                current.is_empty = false;
                return Ok(Some(record));
            }
            if current.is_empty {
                return Err(CorpusError::new(&current.file, None, Reason::Empty));
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

impl Current {
    fn new(
        file: Arc<str>,
        read: Box<dyn Read + Send>,
        path: Option<&Path>,
        options: &ReadOptions,
    ) -> Result<Self, CorpusError> {
        let (input, start) = Input::new(Arc::clone(&file), read, &options.limits)?;
        let records: Box<dyn Records> = if start.starts_with(PARQUET_MAGIC) {
            let path = path.filter(|_| input.compression.is_none());
            rows(&file, path, options).map_err(|reason| CorpusError::new(&file, None, reason))?
        } else {
            Box::new(Lines::new(input))
        };
        Ok(Self {
            file,
            records,
            is_empty: true,
        })
    }
}

#[cfg(feature = "parquet")]
fn rows(
    name: &Arc<str>,
    path: Option<&Path>,
    options: &ReadOptions,
) -> Result<Box<dyn Records>, Reason> {
    let path = path.ok_or(Reason::ParquetNeedsFile)?;
    let file = File::open(path).map_err(Reason::Open)?;
    Ok(Box::new(super::rows::Rows::new(
        Arc::clone(name),
        file,
        options,
    )?))
}

#[cfg(not(feature = "parquet"))]
fn rows(_: &Arc<str>, _: Option<&Path>, _: &ReadOptions) -> Result<Box<dyn Records>, Reason> {
    Err(Reason::ParquetNotBuilt)
}
