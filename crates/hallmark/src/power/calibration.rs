//! Which studies say what lift a share leaves.

use crate::error::{Error, Result};
use crate::text::shown;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::{Family, Parameters};
use hallmark_detector::power::{
    Access, Calibration, Outside, Prompts, SchemeName, Setting, Status, Used,
};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Which studies, and how the suspect is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Calibrated {
    /// A table of studies to use instead of the built-in one.
    pub table: Option<PathBuf>,
    /// How the suspect is reached.
    pub access: Access,
    /// What it is asked.
    pub prompts: Prompts,
}

impl Default for Calibrated {
    fn default() -> Self {
        Self {
            table: None,
            access: Access::Closed,
            prompts: Prompts::Generic,
        }
    }
}

/// A row of a calibration, as results carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UsedJson {
    /// The table.
    pub edition: String,
    /// Its row.
    pub row: String,
    /// The student that was studied.
    pub student: String,
    /// How far it is backed.
    pub status: Status,
    /// Where it is from.
    pub source: String,
    /// In what respects the question goes beyond what was studied.
    pub outside: Vec<Outside>,
}

impl UsedJson {
    /// A row of `table`.
    #[must_use]
    pub fn new(table: &Calibration, used: &Used<'_>) -> Self {
        Self {
            edition: table.edition.clone(),
            row: used.row.name.clone(),
            student: used.row.student.clone(),
            status: used.row.status,
            source: used.row.source.clone(),
            outside: used.outside.clone(),
        }
    }
}

impl Calibrated {
    /// The table.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn table(&self) -> Result<Calibration> {
        let Some(path) = &self.table else {
            return Ok(Calibration::built_in());
        };
        let text = read_table(path)?;
        Calibration::parse(&text)
            .map_err(|error| Error::from(error).at(format_args!("calibration {}", shown(path))))
    }

    /// What is to be looked up in it for marks of `profile`.
    #[must_use]
    pub fn setting(&self, profile: &Profile, delta: Option<f64>) -> Setting {
        let gamma = match profile.scheme.parameters() {
            Parameters::Green { gamma, .. } => Some(gamma),
            _ => None,
        };
        Setting {
            scheme: match profile.scheme.row().family {
                Family::Gumbel => SchemeName::Gumbel,
                Family::DualGumbel => SchemeName::DualGumbel,
                Family::Green => SchemeName::Green,
                Family::Tournament => SchemeName::Tournament,
            },
            window: profile.window,
            ring: profile.ring,
            gamma,
            delta,
            access: self.access,
            prompts: self.prompts,
        }
    }
}

/// The longest calibration that is read, in bytes.
const MAX_TABLE: u64 = 1 << 20;

fn read_table(path: &Path) -> Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path);
    file.and_then(|file| file.take(MAX_TABLE + 1).read_to_string(&mut text))
        .map_err(|error| Error::io("read the calibration", path, &error).hint("check the path"))?;
    if text.len() as u64 > MAX_TABLE {
        return Err(
            Error::usage(format_args!("{} is no calibration", shown(path)))
                .hint("a calibration is a short TOML text: see docs/tests/power.md"),
        );
    }
    Ok(text)
}
