//! How answers and the log of their collection do not agree.

use std::io;
use std::path::PathBuf;

/// Answers and log that do not agree.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A line that is none of a log, or of collected answers.
    #[error("{}:{line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// An answer that is not what came.
    #[error("{}:{line}: {what}", path.display())]
    Differs {
        /// The answers' file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// In what it differs from the log.
        what: String,
    },
}
