//! The case log: everything that was done with a case, each line chained to the one before.

use super::names::CaseLogFormat;
use crate::digest::sha256;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A case's log, as read: JSON lines, each with the SHA-256 of the line before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseLog {
    /// The lines in order.
    pub entries: Vec<Entry>,
    /// SHA-256 of the last line; of nothing, where there is none.
    pub last: String,
}

/// A line of a case's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The name of this format.
    pub schema: CaseLogFormat,
    /// Its number, from 1.
    pub number: u64,
    /// SHA-256 of the line before it without its line end; of nothing for the first.
    pub previous: String,
    /// When, by the clock of the machine.
    pub time: String,
    /// What was done.
    pub event: Event,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// The plan was made and signed.
    Planned {
        /// SHA-256 of the plan's file.
        plan_sha256: String,
        /// SHA-256 of the commitments' file.
        commitments_sha256: String,
    },
    /// A file came into the case's folder.
    TookIn {
        /// Its name in the folder.
        file: String,
        /// The name it had.
        from: String,
        /// Its size.
        bytes: u64,
        /// SHA-256 of its bytes.
        sha256: String,
    },
    /// An examination began.
    Began {
        /// The number of the run, from 1.
        run: u64,
        /// SHA-256 of the plan's file.
        plan_sha256: String,
        /// Version of the program.
        version: String,
        /// SHA-256 of the program.
        program_sha256: String,
    },
    /// It does otherwise than was planned.
    Deviated {
        /// The number of the run.
        run: u64,
        /// In what: names of the plan's fields, of files, of flags.
        fields: Vec<String>,
        /// Why, in the examiner's words.
        note: String,
    },
    /// It ended with a result.
    Ended {
        /// The number of the run.
        run: u64,
        /// Exit status.
        status: u8,
        /// What it came to.
        outcome: String,
        /// SHA-256 of the findings.
        findings_sha256: String,
        /// SHA-256 of what is disclosed of cells, where anything is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cells_sha256: Option<String>,
    },
    /// It ended without a result.
    Failed {
        /// The number of the run.
        run: u64,
        /// Exit status.
        status: u8,
        /// Why.
        error: String,
    },
}

/// Why a case's log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {what}")]
pub struct CaseLogError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// Lines that are read at most.
const MOST: usize = 20_000;

impl CaseLog {
    /// Its name in a bundle.
    pub const FILE: &str = "case-log.jsonl";

    /// Reads a log and follows its chain.
    ///
    /// # Errors
    /// When a line is no entry, or does not follow from the one before.
    pub fn read(text: &str) -> Result<Self, CaseLogError> {
        let mut log = Self {
            entries: vec![],
            last: sha256(b""),
        };
        for (line, number) in text.lines().zip(1..) {
            let failed = |what: String| CaseLogError { line: number, what };
            if number > MOST {
                return Err(failed(format!("a log has at most {MOST} lines")));
            }
            let entry: Entry =
                serde_json::from_str(line).map_err(|error| failed(error.to_string()))?;
            if entry.number != number as u64 {
                return Err(failed(format!("its number is {}", entry.number)));
            }
            if entry.previous != log.last {
                return Err(failed("it does not follow from the line before".to_owned()));
            }
            log.last = sha256(line.as_bytes());
            log.entries.push(entry);
        }
        if !text.is_empty() && !text.ends_with('\n') {
            let line = log.entries.len();
            let what = "the last line has no end: it was not written whole".to_owned();
            return Err(CaseLogError { line, what });
        }
        Ok(log)
    }

    /// The entry that follows, as a line without its end.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn next(&self, time: String, event: Event) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Entry {
            schema: CaseLogFormat,
            number: self.entries.len() as u64 + 1,
            previous: self.last.clone(),
            time,
            event,
        })
    }

    /// The examinations that ended with a result, each once, in their order.
    #[must_use]
    pub fn ended(&self) -> Vec<u64> {
        let mut ended = vec![];
        for entry in &self.entries {
            if let Event::Ended { run, .. } = entry.event
                && !ended.contains(&run)
            {
                ended.push(run);
            }
        }
        ended
    }

    /// The last examination that ended with a result.
    #[must_use]
    pub fn last_ended(&self) -> Option<u64> {
        self.ended().last().copied()
    }

    /// How many examinations began.
    #[must_use]
    pub fn runs(&self) -> u64 {
        let began = |entry: &&Entry| matches!(entry.event, Event::Began { .. });
        self.entries.iter().filter(began).count() as u64
    }
}
