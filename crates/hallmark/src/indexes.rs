//! Indexes of windows: opened, and described.

use crate::error::{Error, Result};
use crate::inputs::{InputFile, Role};
use crate::json::{VERSION, formats};
use crate::read::{Reading, Skipped};
use crate::text::shown;
use hallmark_corpus::Reader;
use hallmark_harvest::{Header, Index, Provenance, Sha256Digest};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

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
    /// What is kept of each window.
    pub counting: Counting,
    /// First visits: whether tokens are those that were sampled, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_sampled: Option<bool>,
    /// First visits: whether answers stood in ascending order of their ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_order: Option<bool>,
    /// Sub-keys that it tells apart, where a ring of keys marked the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_keys: Option<u8>,
    /// First visits: ids between the first and the last that no record has, and answers without a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<u32>,
    /// When it was made, in seconds since 1970 by its maker's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<u64>,
    /// SHA-256 of the digests of the files that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources_sha256: Option<String>,
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
    /// How its sources were read when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// Records that were skipped when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Skipped>,
}

/// What an index keeps of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// How often it occurred.
    Occurrences,
    /// In how many answers it occurred.
    Answers,
    /// When it was visited first.
    FirstVisits,
}

impl From<hallmark_harvest::Counting> for Counting {
    fn from(counting: hallmark_harvest::Counting) -> Self {
        match counting {
            hallmark_harvest::Counting::Occurrences => Self::Occurrences,
            hallmark_harvest::Counting::Answers => Self::Answers,
            hallmark_harvest::Counting::FirstVisits(_) => Self::FirstVisits,
        }
    }
}

/// Where the text of an index is from that is made now, of files that `reader` has read to their end.
///
/// # Errors
/// When a file cannot be read again.
pub fn provenance(files: &[PathBuf], reader: &Reader) -> Result<Provenance> {
    let mut digests = vec![];
    let mut is_whole = true;
    for file in files {
        // A pipe is empty when it is read again.
        is_whole &= file.as_os_str() == "-" || file.is_file();
        let digest = match reader.stdin_digest() {
            Some((digest, _)) if file.as_os_str() == "-" => Sha256Digest(digest),
            _ if !file.is_file() => continue,
            _ => {
                let hex = InputFile::of(Role::Harvest, file)?.sha256;
                hex.parse().map_err(Error::usage)?
            }
        };
        digests.extend(digest.0);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(Provenance {
        made: now.map_or(0, |time| time.as_secs()),
        sources: is_whole.then(|| Sha256Digest::of(&digests)),
    })
}

/// Opens an index.
///
/// # Errors
/// When it is no index, or damaged.
pub fn open(path: &Path) -> Result<Index> {
    Ok(Index::open(path)?)
}

/// Opens an index of counts.
///
/// # Errors
/// When it is no index, damaged, or one of first visits.
pub fn open_counts(path: &Path) -> Result<Index> {
    let index = open(path)?;
    if index.header().counting.first_visits().is_some() {
        return Err(Error::usage(format_args!(
            "{} holds first visits, which are no counts",
            shown(path)
        ))
        .hint(
            "give it to `examine` with --first-visits; for counts make an index without --first",
        ));
    }
    Ok(index)
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
            counting: header.counting.into(),
            as_sampled: header.counting.first_visits().map(|read| read.as_sampled),
            in_order: header.counting.first_visits().map(|read| read.in_order),
            sub_keys: header
                .counting
                .first_visits()
                .map(|read| read.sub_keys)
                .filter(|&sub_keys| sub_keys > 1),
            missing: header.counting.first_visits().map(|read| read.missing),
            made: Some(header.provenance.made).filter(|&made| made > 0),
            sources_sha256: header.provenance.sources.map(|digest| digest.to_string()),
            answers: header.answers,
            windows: header.total,
            distinct_windows: header.distinct,
            bytes,
            bytes_per_window: (header.distinct > 0).then(|| bytes as f64 / header.distinct as f64),
            sha256: digest.to_string(),
            verified,
            reading: None,
            skipped: None,
        }
    }
}
