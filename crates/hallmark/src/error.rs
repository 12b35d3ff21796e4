//! The one error of this library: what went wrong and where, what kind it is, and apart from it what to do next.

use hallmark_core::mark::KeyMismatch;
use hallmark_core::profile::ProfileError;
use hallmark_corpus::{CorpusError, TokenizerError};
use hallmark_detector::ExaminationError;
use hallmark_detector::cells::CellsError;
use hallmark_detector::power::{CalibrationError, PowerError};
use hallmark_detector::statistic::logprobs::LogprobError;
use hallmark_detector::weights::WeightsError;
use hallmark_harvest::HarvestError;
use std::fmt::{self, Display};
use std::io;
use std::path::Path;

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// What kind of error it is; a program's exit status follows from it.
    pub kind: ErrorKind,
    /// What went wrong, and why.
    pub what: String,
    /// Where: a file, a line, a field.
    pub place: Option<String>,
    /// The next step.
    pub hint: Option<String>,
}

/// Kinds of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value or an input that cannot be used.
    Usage,
    /// A file that could not be read or written.
    File,
    /// Something is not what it was declared to be: a digest, a checksum, a golden vector.
    Integrity,
    /// A question outside what was calibrated.
    Outside,
    /// A run that does otherwise than its plan says.
    Deviation,
}

/// The result of what can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A value or an input that cannot be used.
    pub fn usage(what: impl Display) -> Self {
        Self::new(ErrorKind::Usage, what)
    }

    /// Something is not what it was declared to be.
    pub fn integrity(what: impl Display) -> Self {
        Self::new(ErrorKind::Integrity, what)
    }

    /// A question outside what was calibrated.
    pub fn outside(what: impl Display) -> Self {
        Self::new(ErrorKind::Outside, what)
    }

    /// A run that does otherwise than its plan says.
    pub fn deviation(what: impl Display) -> Self {
        Self::new(ErrorKind::Deviation, what)
    }

    /// A file that could not be read or written.
    #[must_use]
    pub fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        let what = format_args!("cannot {doing} {}: {error}", path.display());
        Self::new(ErrorKind::File, what)
    }

    fn new(kind: ErrorKind, what: impl Display) -> Self {
        Self {
            kind,
            what: what.to_string(),
            place: None,
            hint: None,
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: impl Display) -> Self {
        self.place = Some(place.to_string());
        self
    }

    /// Adds the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Error {}

impl From<CorpusError> for Error {
    fn from(error: CorpusError) -> Self {
        Self::usage(&error).hint(error.hint())
    }
}

impl From<TokenizerError> for Error {
    fn from(error: TokenizerError) -> Self {
        let kind = match error {
            TokenizerError::Digest { .. } => ErrorKind::Integrity,
            _ => ErrorKind::Usage,
        };
        Self::new(kind, &error).hint(error.hint())
    }
}

impl From<HarvestError> for Error {
    fn from(error: HarvestError) -> Self {
        let kind = match error.is_damage() {
            true => ErrorKind::Integrity,
            false => ErrorKind::Usage,
        };
        Self::new(kind, &error).hint(error.hint())
    }
}

impl From<ExaminationError> for Error {
    fn from(error: ExaminationError) -> Self {
        Self::usage(error)
    }
}

impl From<CellsError> for Error {
    fn from(error: CellsError) -> Self {
        Self::usage(error).hint("check that the token ids are those of the profile's tokenizer")
    }
}

impl From<LogprobError> for Error {
    fn from(error: LogprobError) -> Self {
        Self::usage(error).hint(
            "check that these are natural logarithms of the probabilities that the suspect gave",
        )
    }
}

impl From<WeightsError> for Error {
    fn from(error: WeightsError) -> Self {
        let hint = match error {
            WeightsError::NoHarvest | WeightsError::NoBackground => {
                "`hallmark index show FILE` says what an index holds"
            }
            WeightsError::Share { .. } => "give --assumed-share as a fraction, such as 0.01",
            WeightsError::Prior { .. } => "give --weight-prior as a number such as 2",
            WeightsError::Window { .. } => "make all indexes with the same profile",
            _ => return Self::usage(error),
        };
        Self::usage(error).hint(hint)
    }
}

impl From<CalibrationError> for Error {
    fn from(error: CalibrationError) -> Self {
        Self::usage(error).hint("docs/tests/power.md describes the format")
    }
}

impl From<PowerError> for Error {
    fn from(error: PowerError) -> Self {
        let hint = match error {
            PowerError::TooManyCells { .. } => {
                "plan for prompts of the harvest's own domain, for weights by the harvest, or for a larger lift"
            }
            PowerError::NoWeight => {
                "give the index of what the suspect may have learned from, or a pilot on its subject"
            }
            _ => "correct the value",
        };
        Self::usage(error).hint(hint)
    }
}

impl From<ProfileError> for Error {
    fn from(error: ProfileError) -> Self {
        let hint = match error {
            ProfileError::Version { .. } => {
                "use the version of hallmark that wrote it, or a later one"
            }
            ProfileError::Syntax { .. } => {
                "compare it with what `hallmark profile new --out -` prints"
            }
            _ => "correct the value; `hallmark profile new` makes a valid profile",
        };
        Self::usage(error).hint(hint)
    }
}

impl From<KeyMismatch> for Error {
    fn from(error: KeyMismatch) -> Self {
        let hint = match error {
            KeyMismatch::NeedsNative { .. } => {
                "give the key that `keygen` or `derive` wrote, or the other engine's profile"
            }
            KeyMismatch::NeedsNumbers { .. } => {
                "write the other engine's key into a file of mode 0600: integer:42, hex:0123456789abcdef or integers:654,400,836"
            }
            _ => {
                "a key file holds one line: integer:42, hex:KEY_A,KEY_B for SGLang's two keys, integers:654,400,836 with one number for each layer of SynthID (`profile new --layers N` makes a profile of N)"
            }
        };
        Self::usage(error).hint(hint)
    }
}
