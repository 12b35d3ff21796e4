//! Failures as a person sees them: what went wrong and where, and apart from it what to do next.

use crate::exit::Exit;
use crate::output::plain;
use std::fmt::Display;
use std::io;
use std::path::Path;

/// Why a verb could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What, where and why.
    pub(crate) message: String,
    /// The next step.
    pub(crate) hint: Option<String>,
    /// The status to exit with.
    pub(crate) exit: Exit,
}

/// The result of a verb.
pub(crate) type Outcome<T = Exit> = Result<T, Failure>;

impl Failure {
    /// Bad usage, or an input or output that failed.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self {
            message: message.to_string(),
            hint: None,
            exit: Exit::Usage,
        }
    }

    /// Something is not what it was declared to be.
    pub(crate) fn integrity(message: impl Display) -> Self {
        Self {
            message: message.to_string(),
            hint: None,
            exit: Exit::Integrity,
        }
    }

    /// A file that could not be read or written.
    pub(crate) fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::usage(format_args!("cannot {doing} {}: {error}", path.display()))
    }

    /// Adds the next step.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Prints it to stderr.
    pub(crate) fn report(&self) {
        eprintln!("error: {}", plain(&self.message));
        if let Some(hint) = &self.hint {
            eprintln!("hint: {}", plain(hint));
        }
    }
}

/// A broken pipe is not a failure: the reader had enough.
pub(crate) fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
