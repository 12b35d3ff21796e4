//! Records out of files: one stream over all of them.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{CorpusError, Reason};
use crate::facts::Facts;
use crate::formats::Format;
use crate::formats::records::{RecordKind, Records, Several};
use crate::hashed::{Hashed, HashedSoFar};
use crate::input::Input;
use crate::options::ReadOptions;

/// The records of one or more inputs, in order. A file is opened when its turn comes, and one record is held at a time.
///
/// Bad records beyond those that may be skipped and every other error end the stream: after an error comes `None`. An
/// input without a record is an error ([`Reason::Empty`]).
pub struct Stream<K> {
    options: Arc<ReadOptions>,
    waiting: VecDeque<PathBuf>,
    current: Option<Current<K>>,
    /// Read, and not yet handed on.
    ready: VecDeque<K>,
    skipped: Skipped,
    facts: Facts,
    handed_on: u64,
    last_failure: String,
    has_answers: bool,
    stdin: Option<HashedSoFar>,
}

/// Records that were skipped.
#[derive(Debug, Default)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// What was wrong with the first of them, at most [`Skipped::KEPT`].
    pub first: Vec<CorpusError>,
    /// Records of requests that failed, which are not bad.
    pub failed: u64,
    /// What failed in the first of them, at most [`Skipped::KEPT`].
    pub first_failed: Vec<CorpusError>,
    /// How many there were of each cause, records and failures, at most [`Skipped::CAUSES`] causes.
    pub causes: BTreeMap<String, u64>,
}

impl Skipped {
    /// How many errors are kept for the report.
    pub const KEPT: usize = 5;
    /// How many causes are counted apart.
    pub const CAUSES: usize = 32;

    fn count_cause(&mut self, reason: &Reason) {
        let cause = reason.cause();
        let is_new = !self.causes.contains_key(&cause);
        let cause = match is_new && self.causes.len() >= Self::CAUSES {
            true => "other causes".to_owned(),
            false => cause,
        };
        *self.causes.entry(cause).or_default() += 1;
    }
}

impl<K: RecordKind> Stream<K> {
    /// Opens one input; `-` is standard input.
    ///
    /// # Errors
    /// Where it cannot be opened, or its first bytes show that it cannot be read.
    pub fn open(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Self, CorpusError> {
        Self::open_all([path], options)
    }

    /// Opens inputs to be read one after another. Only the first is opened at once.
    ///
    /// # Errors
    /// Where the first cannot be opened, or its first bytes show that it cannot be read.
    pub fn open_all<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        options: &ReadOptions,
    ) -> Result<Self, CorpusError> {
        let waiting = paths
            .into_iter()
            .map(|path| path.as_ref().to_path_buf())
            .collect();
        let mut reader = Self {
            options: Arc::new(options.clone()),
            waiting,
            current: None,
            ready: VecDeque::new(),
            skipped: Skipped::default(),
            facts: Facts::default(),
            handed_on: 0,
            last_failure: String::new(),
            has_answers: false,
            stdin: None,
        };
        reader.open_next()?;
        Ok(reader)
    }

    /// Reads from any byte stream. The name stands in messages, and tells the format as a file's name does.
    ///
    /// # Errors
    /// Where the first bytes cannot be read, or show that the rest cannot be.
    pub fn from_read(
        name: &str,
        read: impl Read + Send + 'static,
        options: &ReadOptions,
    ) -> Result<Self, CorpusError> {
        let options = Arc::new(options.clone());
        let current = Current::new(name.into(), Box::new(read), None, &options)?;
        Ok(Self {
            options,
            waiting: VecDeque::new(),
            current: Some(current),
            ready: VecDeque::new(),
            skipped: Skipped::default(),
            facts: Facts::default(),
            handed_on: 0,
            last_failure: String::new(),
            has_answers: false,
            stdin: None,
        })
    }

    /// Records that are at hand.
    #[must_use]
    pub fn of_records(records: Vec<K>, options: &ReadOptions) -> Self {
        Self {
            options: Arc::new(options.clone()),
            waiting: VecDeque::new(),
            current: None,
            ready: records.into(),
            skipped: Skipped::default(),
            facts: Facts::default(),
            handed_on: 0,
            last_failure: String::new(),
            has_answers: false,
            stdin: None,
        }
    }

    /// Requests that no record answered so far, where requests stand apart.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        let requests = self.options.requests.as_ref();
        requests.map_or(0, |requests| requests.unanswered())
    }

    /// What was done to the records so far.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How many records were read so far.
    #[must_use]
    pub fn handed_on(&self) -> u64 {
        self.handed_on
    }

    /// The records skipped so far.
    #[must_use]
    pub fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// SHA-256 of what came from stdin, and how many bytes; nothing where stdin is no input, or was not read to its end.
    #[must_use]
    pub fn stdin_digest(&self) -> Option<([u8; 32], u64)> {
        self.stdin.as_ref()?.whole()
    }

    /// The format of the input that is being read; `None` behind the last.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.current.as_ref().map(|current| current.format)
    }

    fn open_next(&mut self) -> Result<(), CorpusError> {
        self.current = match self.waiting.pop_front() {
            Some(path) if path.as_os_str() == "-" => {
                let stdin = Hashed::new(io::stdin());
                self.stdin = Some(stdin.digest());
                Some(Current::new(
                    "-".into(),
                    Box::new(stdin),
                    None,
                    &self.options,
                )?)
            }
            Some(path) => Some(Current::open(path, &self.options)?),
            None => None,
        };
        Ok(())
    }

    /// Skips a bad record if one more may be.
    fn skip(&mut self, error: CorpusError) -> Result<(), CorpusError> {
        if let Reason::Failed { failure } = &error.reason
            && !self.options.refuse_failed
        {
            self.skipped.failed += 1;
            self.skipped.count_cause(&error.reason);
            self.last_failure.clone_from(failure);
            if self.skipped.first_failed.len() < Skipped::KEPT {
                self.skipped.first_failed.push(error);
            }
            return Ok(());
        }
        let allowed = self.options.skip_bad;
        if !K::SKIPPED_IF_BAD || !error.is_bad_record() || allowed == 0 {
            return Err(error);
        }
        if self.skipped.count == allowed {
            let CorpusError { file, line, reason } = error;
            return Err(CorpusError {
                file,
                line,
                reason: Reason::TooManyBad {
                    allowed,
                    last_reason: Box::new(reason),
                },
            });
        }
        self.skipped.count += 1;
        self.skipped.count_cause(&error.reason);
        if self.skipped.first.len() < Skipped::KEPT {
            self.skipped.first.push(error);
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<K>, CorpusError> {
        if let Some(record) = self.ready.pop_front() {
            return Ok(Some(record));
        }
        while let Some(current) = &mut self.current {
            match current.next_records() {
                Some(Ok(records)) => {
                    let (file, line) = (Arc::clone(&current.file), current.records.line());
                    for record in records {
                        match record {
                            Ok(record) => {
                                self.has_answers = true;
                                self.ready.push_back(record);
                            }
                            Err(reason) => {
                                self.skip(CorpusError::new(&file, Some(line), reason))?;
                            }
                        }
                    }
                    if let Some(record) = self.ready.pop_front() {
                        return Ok(Some(record));
                    }
                }
                Some(Err(error)) => self.skip(error)?,
                None if current.is_empty => {
                    return Err(CorpusError::new(&current.file, None, Reason::Empty));
                }
                None => {
                    let file = Arc::clone(&current.file);
                    self.open_next()?;
                    let failed = self.skipped.failed;
                    if self.current.is_none() && failed > 0 && !self.has_answers {
                        let failure = std::mem::take(&mut self.last_failure);
                        let reason = Reason::OnlyFailed { failed, failure };
                        return Err(CorpusError::new(&file, None, reason));
                    }
                    if self.current.is_none()
                        && let Some(reason) = self.facts.nowhere(&self.options)
                    {
                        return Err(CorpusError::new(&file, None, reason));
                    }
                }
            }
        }
        Ok(None)
    }
}

impl<K: RecordKind> Iterator for Stream<K> {
    type Item = Result<K, CorpusError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance().map(|next| {
            next.map(|record| {
                self.handed_on += 1;
                record.prepared(&self.options, &mut self.facts)
            })
        });
        if next.is_err() {
            self.current = None;
            self.waiting.clear();
        }
        next.transpose()
    }
}

impl<K> fmt::Debug for Stream<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("file", &self.current.as_ref().map(|current| &current.file))
            .field("waiting", &self.waiting)
            .field("skipped", &self.skipped.count)
            .finish_non_exhaustive()
    }
}

/// The input that is being read.
struct Current<K> {
    file: Arc<str>,
    format: Format,
    records: Box<dyn Records<K>>,
    is_empty: bool,
}

impl<K: RecordKind> Current<K> {
    fn open(path: PathBuf, options: &Arc<ReadOptions>) -> Result<Self, CorpusError> {
        let name: Arc<str> = path.to_string_lossy().into();
        let fail = |e| CorpusError::new(&name, None, Reason::Open(e));
        let file = File::open(&path).map_err(fail)?;
        // A pipe or device is opened as a file, but only a file can be read from its end.
        let on_disk = file.metadata().map_err(fail)?.is_file();
        Self::new(
            Arc::clone(&name),
            Box::new(file),
            on_disk.then_some(path),
            options,
        )
    }

    fn new(
        file: Arc<str>,
        read: Box<dyn Read + Send>,
        path: Option<PathBuf>,
        options: &Arc<ReadOptions>,
    ) -> Result<Self, CorpusError> {
        let input = Input::new(Arc::clone(&file), read, path, &options.limits)?;
        let (format, records) = K::open(input, Arc::clone(options))
            .map_err(|reason| CorpusError::new(&file, None, reason))?;
        Ok(Self {
            file,
            format,
            records,
            is_empty: true,
        })
    }

    fn next_records(&mut self) -> Option<Result<Several<K>, CorpusError>> {
        let next = self.records.next_records();
        self.is_empty &= next.is_none();
        next
    }
}
