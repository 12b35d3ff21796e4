//! What can go wrong with a log, until it is known where.

use hallmark::Error;
use hallmark_verify::tlog::TlogError;
use std::path::Path;

/// A file that could not be read, or one that is not what it should be.
#[derive(Debug)]
pub(super) enum Failure {
    Log(TlogError),
    File(Error),
}

impl Failure {
    /// The error, which names the folder.
    pub(super) fn at(self, folder: &Path) -> Error {
        let error = match self {
            Self::File(error) => return error,
            Self::Log(error @ TlogError::EntryTooLong { .. }) => {
                Error::usage(error).hint("log the digest of a longer text")
            }
            Self::Log(error @ (TlogError::Index { .. } | TlogError::Sizes { .. })) => {
                Error::usage(error).hint("the second line of the log's checkpoint is its size")
            }
            Self::Log(error) => Error::integrity(error)
                .hint("the log was changed or damaged: restore the folder from its backup"),
        };
        error.at(folder.display())
    }
}

impl From<TlogError> for Failure {
    fn from(error: TlogError) -> Self {
        Self::Log(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::File(error)
    }
}
