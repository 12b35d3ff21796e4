//! Why collecting could not start or go on.

use crate::mismatch::CompareError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// A failure that stops a collection. What was written before it stays.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CollectError {
    /// A file that could not be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A line of the prompts that cannot be asked.
    #[error("{}:{line}: {reason}", path.display())]
    Prompt {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// Why not.
        reason: String,
    },
    /// A line of a file that an earlier run wrote is not what it should be.
    #[error("{}:{line}: {reason}", path.display())]
    Earlier {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// An earlier run asked in another way.
    #[error("{} was begun with {field} = {found}, and this run has {wanted}", path.display())]
    OtherRun {
        /// The answers' file.
        path: PathBuf,
        /// What differs.
        field: String,
        /// Its value then.
        found: String,
        /// Its value now.
        wanted: String,
    },
    /// The answers are there without the log that belongs to them.
    #[error("{} is there, but its log {} is not", path.display(), log.display())]
    NoLog {
        /// The answers' file.
        path: PathBuf,
        /// The log that should be there.
        log: PathBuf,
    },
    /// The answers are not what the log has.
    #[error(transparent)]
    Changed(#[from] CompareError),
    /// Another run is writing.
    #[error("another run is writing {}", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// An address that is no endpoint.
    #[error("endpoint {endpoint}: {reason}")]
    Endpoint {
        /// The address.
        endpoint: String,
        /// Why not.
        reason: &'static str,
    },
    /// No header can carry the API key.
    #[error("the API key is empty or holds something else than visible ASCII")]
    ApiKey,
    /// The endpoint refused in a way that every request will meet.
    #[error("{0}")]
    Refused(Refusal),
    /// The first answers have no text, none of them.
    #[error("the first {count} answers hold no text (finish_reason {finish_reason})")]
    Silent {
        /// How many.
        count: u32,
        /// Why the last one ended.
        finish_reason: String,
    },
    /// The results of a batch that are not those of these prompts.
    #[error("{}:{line}: {reason}", path.display())]
    Batch {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// One failure after the other.
    #[error("{count} requests in a row failed, the last with: {last}")]
    Failing {
        /// How many.
        count: u32,
        /// The last failure.
        last: String,
    },
    /// A time limit, rate or the like that makes no sense.
    #[error("{0}")]
    Plan(&'static str),
}

/// What every request will meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status, or the one that the response's error stands for.
    pub status: u16,
    /// The start of what the endpoint said.
    pub message: String,
    /// What to do about it.
    pub way_out: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status, message, ..
        } = self;
        match status {
            200..=299 => write!(
                f,
                "the endpoint answered with status {status}, and no answer: {message}"
            ),
            _ => write!(f, "the endpoint refused with status {status}: {message}"),
        }
    }
}

impl CollectError {
    pub(crate) fn io(doing: &'static str, path: &std::path::Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        let hint = match self {
            Self::Io { .. } => "check the path, its permissions and the space left",
            Self::Prompt { .. } => {
                "a prompt is a JSON object on one line with `prompt`, or `messages` that end with a user's turn; optional: `id`, `system`, `group`"
            }
            Self::Earlier { .. } => {
                "restore the file, or collect into another one: answers are never changed"
            }
            Self::OtherRun { .. } => {
                "name another --out file: answers from two ways of asking are not mixed"
            }
            Self::Changed(_) => {
                "restore the file, or collect into another one: answers are never changed"
            }
            Self::NoLog { .. } => "restore the log, or name another --out file",
            Self::Locked { .. } => "wait for it, or name another --out file",
            Self::Endpoint { .. } => {
                "give the address up to the version, for instance https://api.example.com/v1"
            }
            Self::ApiKey => "check the variable or the file that holds the key",
            Self::Refused(refusal) => return refusal.way_out.clone(),
            Self::Silent { .. } => {
                "raise --max-tokens where the reason is `length` or `max_tokens` (reasoning counts too), or ask other prompts; what came is kept, and the same command goes on"
            }
            Self::Batch { .. } => {
                "give the results of the batch whose requests --write-batch wrote for these prompts and this --out"
            }
            Self::Failing { .. } => {
                "see the log for what the endpoint said; the same command goes on where this one stopped"
            }
            Self::Plan(_) => "correct the value",
        };
        hint.to_owned()
    }
}
