//! Indexes of windows: opened, and described.

use crate::error::Result;
use crate::json::{VERSION, formats};
use crate::read::Skipped;
use crate::text::shown;
use hallmark_harvest::{Header, Index, Sha256Digest};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The result of `index make` and `index show`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Indexed {
    /// The name of this format.
    pub schema: formats::Index,
    /// Version of this program.
    pub version: String,
    /// The index file.
    pub file: String,
    /// Tokens in a window.
    pub window: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// SHA-256 of the `tokenizer.json` whose tokens were counted.
    pub tokenizer_sha256: Option<String>,
    /// The key that marked the text, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked_by: Option<String>,
    /// Answers or documents.
    pub answers: u64,
    /// Windows counted, with repetitions.
    pub windows: u64,
    /// Windows counted, each once.
    pub distinct_windows: u64,
    /// Size of the file.
    pub bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// The same for each distinct window.
    pub bytes_per_window: Option<f64>,
    /// Of the content, as the file's last 32 bytes say.
    pub sha256: String,
    /// Whether the content was compared with that digest.
    pub verified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// Records that were skipped when it was made.
    pub skipped: Option<Skipped>,
}

/// Opens an index.
///
/// # Errors
/// When it is no index, or damaged.
pub fn open(path: &Path) -> Result<Index> {
    Ok(Index::open(path)?)
}

/// Opens an index and compares all of it with its digest.
///
/// # Errors
/// When it is no index, or damaged.
pub fn show(path: &Path) -> Result<Indexed> {
    let index = open(path)?;
    let digest = index.verify()?;
    Ok(Indexed::new(
        path,
        index.header(),
        index.bytes(),
        digest,
        true,
    ))
}

impl Indexed {
    /// What a header says, and whether the content was compared with its digest.
    #[must_use]
    pub fn new(
        path: &Path,
        header: &Header,
        bytes: u64,
        digest: Sha256Digest,
        verified: bool,
    ) -> Self {
        Self {
            schema: formats::Index,
            version: VERSION.to_owned(),
            file: shown(path),
            window: header.window,
            tokenizer_sha256: header.tokenizer.map(|digest| digest.to_string()),
            marked_by: header.marked_by.key().map(|id| id.to_string()),
            answers: header.answers,
            windows: header.total,
            distinct_windows: header.distinct,
            bytes,
            bytes_per_window: (header.distinct > 0).then(|| bytes as f64 / header.distinct as f64),
            sha256: digest.to_string(),
            verified,
            skipped: None,
        }
    }
}
