//! Which lift a share of marked training text left, as studies found it.

use super::row::{Row, Used};
use super::setting::Setting;
use crate::finding::Effect;
use serde::Deserialize;

/// A table of studies. The built-in one is `calibration.toml` beside this file.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The table's own name: which one was used stands in every result.
    pub edition: String,
    /// What was studied.
    pub rows: Vec<Row>,
}

/// The version of the format.
const FORMAT: u32 = 1;

impl Calibration {
    /// The table that is part of this program.
    ///
    /// # Panics
    /// Never: a test reads it.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(include_str!("calibration.toml")).expect("the built-in table is tested")
    }

    /// Reads and checks a table.
    ///
    /// # Errors
    /// When it is not TOML of this format, or a value makes no sense.
    pub fn parse(text: &str) -> Result<Self, CalibrationError> {
        let file: File = toml::from_str(text).map_err(|error| CalibrationError::Syntax {
            line: error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count()),
            message: error.message().trim_end().to_owned(),
        })?;
        if file.hallmark_calibration != FORMAT {
            return Err(CalibrationError::Version {
                found: file.hallmark_calibration,
            });
        }
        for (index, row) in file.row.iter().enumerate() {
            let repeated = file.row[..index].iter().any(|other| other.name == row.name);
            let wrong = if repeated {
                Some("its name stands twice")
            } else {
                row.wrong()
            };
            if let Some(what) = wrong {
                return Err(CalibrationError::Row {
                    row: row.name.clone(),
                    what,
                });
            }
        }
        Ok(Self {
            edition: file.edition,
            rows: file.row,
        })
    }

    /// The lift that a share of marked training text leaves, by the row that is nearest: fewest
    /// respects outside, then the smallest lift. None where no row has the setting's scheme,
    /// window, access and prompts.
    #[must_use]
    pub fn lift(&self, setting: &Setting, share: f64) -> Option<Used<'_>> {
        self.applicable(setting)
            .map(|row| row.used(setting, share, row.lift(share)))
            .min_by(|a, b| {
                let key = |used: &Used<'_>| (used.outside.len(), used.lift);
                key(a).partial_cmp(&key(b)).expect("lifts are finite")
            })
    }

    /// The smallest share of marked training text that leaves a lift, by the row that is nearest:
    /// fewest respects outside, then the largest share.
    #[must_use]
    pub fn share(&self, setting: &Setting, lift: f64) -> Option<Used<'_>> {
        self.applicable(setting)
            .map(|row| row.used(setting, row.share(lift), lift))
            .min_by(|a, b| {
                let key = |used: &Used<'_>| (used.outside.len(), -used.share);
                key(a).partial_cmp(&key(b)).expect("shares are finite")
            })
    }

    /// The smallest share of marked training text that an examination could have seen with power 0.9:
    /// the one that leaves T1's smallest visible effect.
    #[must_use]
    pub fn smallest_share(&self, setting: &Setting, effect: &Effect) -> Option<Used<'_>> {
        self.share(setting, effect.smallest_visible - effect.null)
    }

    fn applicable(&self, setting: &Setting) -> impl Iterator<Item = &Row> {
        let wanted = (
            setting.scheme,
            setting.window,
            setting.access,
            setting.prompts,
        );
        self.rows
            .iter()
            .filter(|_| setting.ring == 1)
            .filter(move |row| (row.scheme, row.window, row.access, row.prompts) == wanted)
    }
}

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// Not TOML, or a field that is unknown, missing or of another type.
    #[error("line {line}: {message}")]
    Syntax {
        /// Line number, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Another version of the format.
    #[error("hallmark-calibration = {found}: this program reads version {FORMAT}")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// A row that makes no sense.
    #[error("row {row:?}: {what}")]
    Row {
        /// Its name.
        row: String,
        /// What is wrong.
        what: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    hallmark_calibration: u32,
    edition: String,
    row: Vec<Row>,
}
