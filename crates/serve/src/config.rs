//! The serving file: which labels are marked with which keys, and by what policies.

use hallmark::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A serving file. Paths in it are relative to its folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the format: 1.
    hallmark_serving: u32,
    /// The profile that all cohorts are marked by.
    pub profile: PathBuf,
    /// The label of requests that name none; without it they are not marked.
    #[serde(default)]
    pub default: Option<String>,
    /// Whether a request that should be marked and cannot be is refused. Otherwise it is served without a mark, and the ledger says so.
    #[serde(default)]
    pub fail_closed: bool,
    /// How several answers to one prompt are marked.
    #[serde(default)]
    pub answers: Answers,
    /// Key files by label.
    #[serde(default)]
    pub cohorts: BTreeMap<String, PathBuf>,
    /// The ledger; without it there is none.
    #[serde(default)]
    pub ledger: Option<LedgerConfig>,
}

/// How several answers to one prompt are marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answers {
    /// Each of them, alike: they share more words than unmarked ones do.
    #[default]
    Each,
    /// The first one; the others are not marked.
    First,
    /// Each with another sub-key of the ring, as far as there are sub-keys; the rest are not marked.
    SubKeys,
}

/// Where the ledger goes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerConfig {
    /// Its file, to which is appended. One process writes it at a time.
    pub file: PathBuf,
    /// Whether marked answers' token ids are kept, as sampled: what T3r needs.
    #[serde(default = "yes")]
    pub tokens: bool,
}

const fn yes() -> bool {
    true
}

/// The longest serving file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Bytes in a label at most.
pub(crate) const MAX_LABEL: usize = 128;

impl Config {
    /// Reads a serving file.
    ///
    /// # Errors
    /// When it is not there, or no serving file.
    pub fn load(path: &Path) -> Result<Self> {
        let size = std::fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
        if size.len() > MAX_BYTES {
            return Err(Error::usage("this is no serving file: it is too long").at(path.display()));
        }
        let text = std::fs::read_to_string(path).map_err(|error| cannot_read(path, &error))?;
        Self::parse(&text, path)
    }

    /// Reads the text of a serving file; `path` stands in messages, and its folder before the paths in the file.
    ///
    /// # Errors
    /// When it is no serving file.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            Error::usage(error.message().trim_end())
                .at(format_args!("{}:{line}", path.display()))
                .hint("docs/serving.md describes the file")
        })?;
        config.check(path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(config.relative_to(folder))
    }

    fn check(&self, path: &Path) -> Result<()> {
        let refuse =
            |what: String, hint: &str| Err(Error::usage(what).at(path.display()).hint(hint));
        if self.hallmark_serving != 1 {
            return refuse(
                format!(
                    "hallmark_serving = {}, and this version reads 1",
                    self.hallmark_serving
                ),
                "use the version of hallmark that the file was written for",
            );
        }
        let is_bad = |label: &&String| {
            label.is_empty() || label.len() > MAX_LABEL || label.chars().any(char::is_control)
        };
        if let Some(label) = self.cohorts.keys().find(is_bad) {
            return refuse(
                format!("{label:?} is no label"),
                "a label has 1 to 128 bytes of printable text",
            );
        }
        match &self.default {
            Some(label) if !self.cohorts.contains_key(label) => refuse(
                format!("default = {label:?} is no label of [cohorts]"),
                "name one of the labels, or leave default out: requests that name no cohort are then not marked",
            ),
            _ => Ok(()),
        }
    }

    fn relative_to(mut self, folder: &Path) -> Self {
        self.profile = folder.join(&self.profile);
        for file in self.cohorts.values_mut() {
            *file = folder.join(&*file);
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.file = folder.join(&ledger.file);
        }
        self
    }
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Error {
    Error::io("read the serving file", path, error)
        .hint("check the path; docs/serving.md describes the file")
}
