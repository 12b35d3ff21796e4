//! Files that went into a result, with their digests.

use crate::error::{Error, Result};
use crate::text::shown;
use hallmark_harvest::Sha256Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// A file that went into a result, as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InputFile {
    /// What it was read for.
    pub role: Role,
    /// Its name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// What a file is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The suspect's answers.
    Answers,
    /// What was asked, where it does not stand in the answers.
    Requests,
    /// The log of their collection.
    Log,
    /// A provider's log of marked answers.
    ProviderLog,
    /// The control sample.
    Reference,
    /// The suspect's log-probabilities.
    Logprobs,
    /// The control's log-probabilities.
    ReferenceLogprobs,
    /// The result of a choice of prompts.
    Probe,
    /// An index of harvested text.
    Harvest,
    /// An index of first visits in a tested key's log.
    FirstVisits,
    /// An index of text at large.
    Background,
    /// A table of studies.
    Calibration,
    /// The tokenizer.
    Tokenizer,
    /// Text of one's own without the mark.
    Unmarked,
    /// Text of one's own with it.
    Marked,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answers => "answers",
            Self::Requests => "requests",
            Self::Log => "log of their collection",
            Self::ProviderLog => "provider's log",
            Self::Reference => "control sample",
            Self::Logprobs => "log-probabilities",
            Self::ReferenceLogprobs => "control's log-probabilities",
            Self::Probe => "choice of prompts",
            Self::Harvest => "index of harvested text",
            Self::FirstVisits => "index of first visits",
            Self::Background => "index of text at large",
            Self::Calibration => "table of studies",
            Self::Tokenizer => "tokenizer",
            Self::Unmarked => "unmarked texts",
            Self::Marked => "marked texts",
        })
    }
}

impl InputFile {
    /// A file on disk, hashed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(role: Role, path: &Path) -> Result<Self> {
        let (digest, bytes) =
            Sha256Digest::of_file(path).map_err(|error| Error::io("read", path, &error))?;
        Ok(Self {
            role,
            file: shown(path),
            bytes,
            sha256: digest.to_string(),
        })
    }

    /// What came from stdin.
    #[must_use]
    pub fn stdin(role: Role, digest: [u8; 32], bytes: u64) -> Self {
        Self {
            role,
            file: "-".to_owned(),
            bytes,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}
