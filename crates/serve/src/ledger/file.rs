//! The file of a ledger, as one process writes it.

use super::entry::{Entry, Kind};
use super::event::{Begun, Event, now};
use crate::config::LedgerConfig;
use crate::policy::Unmarked;
use hallmark::{Error, Result};
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A ledger that is open to be written. It is this process's alone, and any number of its threads may use it.
pub struct Ledger {
    path: PathBuf,
    open: Mutex<Open>,
    pub(super) tokens: bool,
}

struct Open {
    file: File,
    /// The next number of each key.
    next: HashMap<String, u64>,
}

/// The version of the format.
const VERSION: u32 = 1;

impl Ledger {
    /// Opens a ledger, or makes it; numbers go on behind those that are there.
    ///
    /// # Errors
    /// When it cannot be written, another process writes it, or it is no ledger.
    pub fn open(config: &LedgerConfig) -> Result<Self> {
        let path = &config.file;
        let failed = |error: &std::io::Error| Error::io("open the ledger", path, error);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        // Token ids are answers of people's: for the owner alone.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::usage("another process writes this ledger")
                    .at(path.display())
                    .hint("give each process a ledger of its own, and let the gateway number requests: `hallmark ledger` reads several together"));
            }
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        let mut next = HashMap::new();
        let torn = numbers(path, &file, &mut next)?;
        let ledger = Self {
            path: path.clone(),
            open: Mutex::new(Open { file, next }),
            tokens: config.tokens,
        };
        if torn {
            ledger.with(|open| {
                open.file
                    .write_all(b"\n")
                    .map_err(|error| ledger.cannot(&error))
            })?;
        }
        ledger.write(&Event::Open {
            ledger: VERSION,
            time: now(),
        })?;
        Ok(ledger)
    }

    /// Numbers a marked request, and writes that it began.
    ///
    /// # Errors
    /// When that cannot be written, or its number was given before.
    pub fn begin(self: &Arc<Self>, begun: &Begun<'_>) -> Result<Entry> {
        let key = begun.key.clone().unwrap_or_default();
        let cohort = begun.cohort.unwrap_or_default().to_owned();
        // Numbered and written under one lock, so that lines stand in the order of numbers.
        self.with(|open| {
            let next = open.next.get(&key).copied().unwrap_or(0);
            let number = match begun.number {
                Some(number) if number < next => {
                    return Err(Error::usage(format_args!(
                        "number {number} is not above the last, {}",
                        next - 1
                    ))
                    .at(self.path.display())
                    .hint(
                        "the gateway's numbers ascend, in the order in which prompts became final",
                    ));
                }
                Some(number) => number,
                None => next,
            };
            let id = format!("{cohort}-{number}");
            let event = Event::Begin {
                id: id.clone(),
                number,
                time: now(),
                cohort: cohort.clone(),
                key: key.clone(),
                profile: begun.profile.to_owned(),
                sub_key: begun.sub_key,
                prompt_tokens: begun.prompt_tokens,
                answer: begun.answer,
            };
            self.append(open, &event)?;
            open.next.insert(key.clone(), number + 1);
            Ok(Entry::new(
                Arc::clone(self),
                begun.cohort,
                Kind::Marked {
                    id,
                    number,
                    key: key.clone(),
                    sub_key: begun.sub_key,
                },
            ))
        })
    }

    /// Notes a request that is not marked.
    #[must_use]
    pub fn unmarked(self: &Arc<Self>, begun: &Begun<'_>, why: &Unmarked) -> Entry {
        let kind = Kind::Unmarked {
            profile: begun.profile.to_owned(),
            why: why.word(),
            prompt_tokens: begun.prompt_tokens,
        };
        Entry::new(Arc::clone(self), begun.cohort, kind)
    }

    pub(super) fn write(&self, event: &Event) -> Result<()> {
        self.with(|open| self.append(open, event))
    }

    fn append(&self, open: &mut Open, event: &Event) -> Result<()> {
        let mut line = hallmark::json::to_json(event, false)?;
        line.push('\n');
        open.file
            .write_all(line.as_bytes())
            .map_err(|error| self.cannot(&error))
    }

    fn with<R>(&self, work: impl FnOnce(&mut Open) -> R) -> R {
        work(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn cannot(&self, error: &std::io::Error) -> Error {
        Error::io("write the ledger", &self.path, error)
            .hint("a request whose tokens are not in the ledger is a hole in the evidence: make room, or move the ledger")
    }
}

/// Finds the next numbers, and whether the last line is torn.
fn numbers(path: &Path, file: &File, next: &mut HashMap<String, u64>) -> Result<bool> {
    let failed = |error: &std::io::Error| Error::io("read the ledger", path, error);
    let mut reader = BufReader::with_capacity(1 << 20, file);
    reader
        .seek(SeekFrom::Start(0))
        .map_err(|error| failed(&error))?;
    let mut line = Vec::new();
    let mut place = 0;
    loop {
        line.clear();
        place += 1;
        if reader
            .read_until(b'\n', &mut line)
            .map_err(|error| failed(&error))?
            == 0
        {
            return Ok(false);
        }
        if line.last() != Some(&b'\n') {
            return Ok(true);
        }
        let is_begin = line.starts_with(br#"{"event":"begin""#);
        if place > 1 && !is_begin {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(Event::Begin { key, number, .. }) => {
                let number = number.saturating_add(1);
                next.entry(key)
                    .and_modify(|next| *next = number.max(*next))
                    .or_insert(number);
            }
            Ok(Event::Open { ledger, .. }) if ledger == VERSION => {}
            _ if place > 1 => {}
            _ => {
                return Err(Error::usage("this file is no ledger of this version")
                    .at(format_args!("{}:{place}", path.display()))
                    .hint("name a new file"));
            }
        }
    }
}
