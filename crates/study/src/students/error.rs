//! Why a study could not go on.

use std::io;
use std::path::{Path, PathBuf};

use hallmark::Error as DoorError;
use hallmark_lab::LabError;
use thiserror::Error;

/// Why a study could not go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StudyError {
    /// A model could not be made, trained or asked.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A file of the cache could not be read or written.
    #[error("{}: {source}; remove it, and the study makes it again", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The arm asks for more than its world has, or for nothing.
    #[error("{what}")]
    Setting {
        /// What is asked for, what there is, and what to change.
        what: String,
    },
}

impl StudyError {
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) const fn setting(what: String) -> Self {
        Self::Setting { what }
    }
}

impl From<StudyError> for DoorError {
    fn from(error: StudyError) -> Self {
        match error {
            StudyError::Setting { .. } => {
                Self::usage(error).hint("change the plan: docs/studies/README.md describes it")
            }
            StudyError::Lab(_) => Self::integrity(error),
            StudyError::File { .. } => Self::usage(error),
        }
    }
}
