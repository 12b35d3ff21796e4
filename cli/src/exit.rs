//! Exit statuses: what a script can rely on.

use std::process::ExitCode;

/// How a run ended. The numbers are part of the public interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The work was done, whatever was found.
    Done = 0,
    /// Bad usage, or an input or output that failed.
    Usage = 2,
    /// Something is not what it was declared to be: a digest, a checksum, a golden vector.
    Integrity = 3,
    /// Too little data for a finding, or a question outside what was calibrated.
    TooLittle = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
