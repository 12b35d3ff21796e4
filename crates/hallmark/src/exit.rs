//! Exit statuses: what a script can rely on.

use crate::error::{Error, ErrorKind};
use std::process::ExitCode;

/// How a run ended. The numbers are part of the public interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The work was done, whatever was found.
    Done = 0,
    /// `verify` or `replay` says no.
    No = 1,
    /// Bad usage, or an input or output that failed.
    Usage = 2,
    /// Something is not what it was declared to be: a digest, a checksum, a golden vector.
    Integrity = 3,
    /// Too little data for a finding, or a question outside what was calibrated.
    TooLittle = 4,
    /// The run does otherwise than its plan says.
    Deviates = 5,
}

impl From<ErrorKind> for Exit {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Usage | ErrorKind::File => Self::Usage,
            ErrorKind::Integrity => Self::Integrity,
            ErrorKind::Outside => Self::TooLittle,
            ErrorKind::Deviation => Self::Deviates,
        }
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        error.kind.into()
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
