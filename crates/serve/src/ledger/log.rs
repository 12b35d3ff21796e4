//! Ledgers read back: what is in them, what is missing, and one key's log in order.

use super::event::Event;
use super::file::VERSION as LEDGER;
use hallmark::files::NewFile;
use hallmark::json::{VERSION, formats};
use hallmark::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Ledgers of one or more processes.
pub struct Ledgers {
    files: Vec<PathBuf>,
    keys: BTreeMap<String, Records>,
    unmarked: BTreeMap<String, u64>,
    torn: u64,
}

/// Records of a key by their numbers.
#[derive(Default)]
struct Records {
    cohort: String,
    profile: String,
    by_number: BTreeMap<u64, Record>,
}

#[derive(Default)]
struct Record {
    began: bool,
    /// Which file holds its end, where and how long.
    end: Option<(usize, u64, usize)>,
    tokens: u64,
    sent: bool,
    has_tokens: bool,
    gave_up: bool,
    taken_back: u64,
}

/// The result of `ledger`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The name of this format.
    pub schema: formats::Ledger,
    /// Version of this program.
    pub version: String,
    /// What was marked, by key.
    pub keys: Vec<LoggedKey>,
    /// Requests that were not marked, by the reason.
    pub unmarked: BTreeMap<String, u64>,
    /// Lines that a process began and did not end.
    pub torn_lines: u64,
    /// The log that was written, and of which key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
}

/// What a key marked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LoggedKey {
    /// Public id of the key.
    pub key_id: String,
    /// The label that it was last used under.
    pub cohort: String,
    /// The profile's name.
    pub profile: String,
    /// The first number.
    pub first: u64,
    /// The last number.
    pub last: u64,
    /// Requests that ended.
    pub answers: u64,
    /// Their tokens.
    pub tokens: u64,
    /// Answers that were not sent.
    pub unsent: u64,
    /// Answers that were marked in part.
    pub gave_up: u64,
    /// Sampled tokens that were taken back afterwards, as by beams, and are in no record: T3r's condition that the log is whole does not hold
    /// for them.
    pub taken_back: u64,
    /// Answers whose tokens were not kept.
    pub without_tokens: u64,
    /// Numbers of requests that began and did not end: their tokens are not known.
    pub unfinished: u64,
    /// Numbers between the first and the last that no request has.
    pub missing: u64,
}

/// A log that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Its file.
    pub file: String,
    /// Of which key.
    pub key_id: String,
    /// How many answers.
    pub answers: u64,
}

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 256 << 20;

impl Ledgers {
    /// Reads ledgers.
    ///
    /// # Errors
    /// When one cannot be read, a line is none of a ledger's, or two requests of a key have one number.
    pub fn read(files: &[PathBuf]) -> Result<Self> {
        let mut ledgers = Self {
            files: files.to_vec(),
            keys: BTreeMap::new(),
            unmarked: BTreeMap::new(),
            torn: 0,
        };
        for (at, path) in files.iter().enumerate() {
            ledgers.read_one(at, path)?;
        }
        Ok(ledgers)
    }

    fn read_one(&mut self, file: usize, path: &Path) -> Result<()> {
        let failed = |error: &std::io::Error| Error::io("read the ledger", path, error);
        let opened = File::open(path).map_err(|error| failed(&error))?;
        let mut reader = BufReader::with_capacity(1 << 20, opened);
        let (mut line, mut offset, mut place) = (Vec::new(), 0, 0);
        loop {
            line.clear();
            place += 1;
            let read = reader
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line)
                .map_err(|error| failed(&error))?;
            if read == 0 {
                return Ok(());
            }
            let at = || format!("{}:{place}", path.display());
            match serde_json::from_slice(&line) {
                Ok(event) => self
                    .see(event, (file, offset, read))
                    .map_err(|error| error.at(at()))?,
                // The next process to open the ledger ends a line that the last one tore.
                Err(_) if place > 1 => self.torn += 1,
                Err(error) => {
                    return Err(Error::usage(format_args!("this is no ledger: {error}"))
                        .at(at())
                        .hint("give the files that [ledger] of serving files name"));
                }
            }
            offset += read as u64;
        }
    }

    fn see(&mut self, event: Event, place: (usize, u64, usize)) -> Result<()> {
        let twice = |number| {
            Error::usage(format_args!("number {number} of this key is there twice"))
                .hint("give each ledger once; processes that share a key take their numbers from the gateway")
        };
        match event {
            Event::Open { ledger, .. } if ledger != LEDGER => {
                return Err(Error::usage(format_args!(
                    "the ledger is of version {ledger}, and version {LEDGER} is what is read here"
                ))
                .hint("take the program that wrote it, or a later one"));
            }
            Event::Open { .. } => {}
            Event::Begin {
                number,
                cohort,
                key,
                profile,
                ..
            } => {
                let records = self.keys.entry(key).or_default();
                records.cohort = cohort;
                records.profile = profile;
                let record = records.by_number.entry(number).or_default();
                if std::mem::replace(&mut record.began, true) {
                    return Err(twice(number));
                }
            }
            Event::End {
                number,
                key,
                tokens,
                sent,
                gave_up,
                taken_back,
                response_tokens,
                ..
            } => {
                let records = self.keys.entry(key).or_default();
                let kept = response_tokens.as_ref().map(Vec::len);
                if gave_up.is_none() && kept.is_some_and(|kept| kept != tokens) {
                    return Err(Error::integrity(format_args!(
                        "number {number} counts {tokens} tokens and holds {}",
                        kept.unwrap_or_default()
                    ))
                    .hint("the line was changed since it was written"));
                }
                let record = records.by_number.entry(number).or_default();
                if record.end.replace(place).is_some() {
                    return Err(twice(number));
                }
                record.tokens = tokens as u64;
                record.sent = sent;
                record.gave_up = gave_up.is_some();
                record.taken_back = taken_back as u64;
                record.has_tokens = response_tokens.is_some();
            }
            Event::Unmarked { why, .. } => *self.unmarked.entry(why).or_default() += 1,
        }
        Ok(())
    }

    /// What is in them.
    #[must_use]
    pub fn summary(&self) -> Log {
        Log {
            schema: formats::Ledger,
            version: VERSION.to_owned(),
            keys: self
                .keys
                .iter()
                .map(|(key, records)| records.summary(key))
                .collect(),
            unmarked: self.unmarked.clone(),
            torn_lines: self.torn,
            written: None,
        }
    }

    /// Writes the log of one key in the order of its numbers, as records with `id`, `response_tokens` and, of a ring, `sub_key`. A request
    /// that did not end has no record: its number is missing.
    ///
    /// # Errors
    /// When there is no such key, or several and none was named; when answers were kept without tokens; when the file cannot be written.
    pub fn write(&self, key: Option<&str>, path: &Path) -> Result<Written> {
        let (key, records) = self.one(key)?;
        if records
            .by_number
            .values()
            .any(|record| record.end.is_some() && !record.has_tokens)
        {
            return Err(Error::usage(format_args!(
                "answers of key {key} were kept without their tokens"
            ))
            .hint(
                "set tokens = true in [ledger] of the serving file: from then on there is a log",
            ));
        }
        let mut open = vec![];
        for file in &self.files {
            open.push(
                File::open(file).map_err(|error| Error::io("read the ledger", file, &error))?,
            );
        }
        let mut out = NewFile::create(path)?;
        let mut answers = 0;
        for (file, offset, length) in records.by_number.values().filter_map(|record| record.end) {
            let failed =
                |error: &std::io::Error| Error::io("read the ledger", &self.files[file], error);
            let mut line = vec![0; length];
            open[file]
                .seek(SeekFrom::Start(offset))
                .map_err(|error| failed(&error))?;
            open[file]
                .read_exact(&mut line)
                .map_err(|error| failed(&error))?;
            let event = serde_json::from_slice(&line).map_err(|_| {
                Error::integrity("the ledger changed while it was read")
                    .at(self.files[file].display())
            })?;
            if let Event::End {
                id,
                response_tokens: Some(response_tokens),
                sub_key,
                ..
            } = event
            {
                let record = Answer {
                    id,
                    response_tokens,
                    sub_key,
                };
                let mut json = hallmark::json::to_json(&record, false)?;
                json.push('\n');
                out.write(json.as_bytes())?;
                answers += 1;
            }
        }
        out.finish()?;
        Ok(Written {
            file: hallmark::text::shown(path),
            key_id: key.to_owned(),
            answers,
        })
    }

    fn one(&self, key: Option<&str>) -> Result<(&str, &Records)> {
        let ids = || self.keys.keys().cloned().collect::<Vec<_>>().join(", ");
        match key {
            Some(key) => self
                .keys
                .get_key_value(key)
                .map(|(key, records)| (&key[..], records))
                .ok_or_else(|| {
                    Error::usage(format_args!("no answer of key {key} is there"))
                        .hint(format_args!("the ledger has keys {}", ids()))
                }),
            None => match self.keys.len() {
                1 => Ok(self
                    .keys
                    .iter()
                    .map(|(key, records)| (&key[..], records))
                    .next()
                    .expect("one key")),
                0 => Err(Error::usage("nothing was marked").hint("see `unmarked` for why")),
                _ => Err(
                    Error::usage("several keys are there, and a log is one key's")
                        .hint(format_args!("name one with --key-id: {}", ids())),
                ),
            },
        }
    }
}

/// A record of a log.
#[derive(Serialize)]
struct Answer {
    id: String,
    response_tokens: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_key: Option<u32>,
}

impl Records {
    /// Numbers of a ledger that somebody wrote may be of any size.
    fn sum(&self, of: fn(&Record) -> u64) -> u64 {
        self.by_number.values().map(of).fold(0, u64::saturating_add)
    }

    fn summary(&self, key: &str) -> LoggedKey {
        let count = |which: fn(&Record) -> bool| {
            self.by_number
                .values()
                .filter(|record| which(record))
                .count() as u64
        };
        let first = self.by_number.keys().next().copied().unwrap_or(0);
        let last = self.by_number.keys().next_back().copied().unwrap_or(0);
        LoggedKey {
            key_id: key.to_owned(),
            cohort: self.cohort.clone(),
            profile: self.profile.clone(),
            first,
            last,
            answers: count(|record| record.end.is_some()),
            tokens: self.sum(|record| record.tokens),
            unsent: count(|record| record.end.is_some() && !record.sent),
            gave_up: count(|record| record.gave_up),
            taken_back: self.sum(|record| record.taken_back),
            without_tokens: count(|record| record.end.is_some() && !record.has_tokens),
            unfinished: count(|record| record.end.is_none()),
            missing: (last - first).saturating_sub(self.by_number.len() as u64 - 1),
        }
    }
}
