//! The result of `calibrate`.

use super::p_values::PValues;
use super::rates::Rate;
use crate::error::{Error, Result};
use crate::inputs::InputFile;
use crate::json::formats;
use crate::profile::ProfileJson;
use crate::read::{Reading, Skipped};
use crate::text::shown;
use hallmark_detector::tail::Log10P;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How often unmarked text of one's own is called marked, and marked text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Calibrated {
    /// The name of this format.
    pub schema: formats::Calibrate,
    /// Version of this program.
    pub version: String,
    /// The mark.
    pub profile: ProfileJson,
    /// Public id of the key.
    pub key_id: String,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// How the unmarked files were read.
    pub reading: Reading,
    /// Records of the unmarked files that were skipped.
    pub skipped: Skipped,
    /// The chance that an interval misses, both sides together.
    pub miss: f64,
    /// Random keys.
    pub keys: u32,
    /// What draws them.
    pub seed: u64,
    /// Each length for which there was a text, the shortest first; whole texts come last.
    pub lengths: Vec<CalibratedLength>,
}

/// Texts of one length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CalibratedLength {
    /// So many tokens from the beginning of each text that has as many; left out: whole texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u32>,
    /// Unmarked texts, each counted once.
    pub texts: u64,
    /// Texts that were the same, token for token, as one before, and were left out.
    pub repeated: u64,
    /// Distinct cells of a text on average.
    pub cells: f64,
    /// log10 of T1's p over all of them together, under the key.
    pub pooled_log10_p: Log10P,
    /// How often p was at or below each level.
    pub levels: Vec<CalibratedLevel>,
}

/// How often p was at or below a level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CalibratedLevel {
    /// The level.
    pub level: f64,
    /// Unmarked texts under the key; limits as if they were drawn at random from texts like them.
    pub key: Rate,
    /// The same, p of each text being over those of its cells that no text before has: texts that share passages are then counted
    /// as what they are, and the rate may be no more than the level.
    pub key_new: Rate,
    /// Unmarked texts under random keys; limits over keys.
    pub random_keys: Rate,
    /// All unmarked texts together (T1), under random keys.
    pub pooled: Rate,
    /// Marked texts under the key, where there are any: power.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Rate>,
    /// Whether p was at or below the level more often than it allows, under random keys or where texts share nothing: a fault of the
    /// program, or text that knows the key. Of all rows of a calibration together one is so by chance once in a hundred.
    pub alarming: bool,
    /// Whether this key, and not what each text has alone, is above the level: passages that many of the texts share score high under
    /// it. By chance as seldom.
    pub unlucky: bool,
}

impl CalibratedLength {
    pub(super) fn new(
        (tokens, texts, repeated): (Option<u32>, u64, u64),
        own: &PValues,
        random: &[PValues],
        found: &[Log10P],
        (levels, miss): (&[f64], f64),
    ) -> Result<Self> {
        let keys = random.len() as u64;
        let levels = levels.iter().map(|&level| {
            let is_below = |p: &Log10P| p.value() <= level.log10();
            let count = |p: &[Log10P]| p.iter().filter(|p| is_below(p)).count() as u64;
            let of_random = random.iter().map(|one| count(&one.each)).sum();
            let of_new = count(&own.new);
            let of_pooled = random.iter().filter(|one| is_below(&one.pooled)).count() as u64;
            let marked = found.len() as u64;
            let (key, key_new) = (
                Rate::of_cases(count(&own.each), texts)?,
                Rate::of_cases(of_new, texts)?,
            );
            let random_keys = Rate::of_groups(of_random, texts * keys, keys)?;
            let pooled = Rate::of_cases(of_pooled, keys)?;
            let alarming = key_new.is_above(level, miss)?
                || pooled.is_above(level, miss)?
                || random_keys.is_above_over(keys, level, miss)?;
            Ok(CalibratedLevel {
                level,
                alarming,
                unlucky: !alarming && key.is_above(level, miss)?,
                key,
                key_new,
                random_keys,
                pooled,
                found: (marked > 0)
                    .then(|| Rate::of_cases(count(found), marked))
                    .transpose()?,
            })
        });
        Ok(Self {
            tokens,
            texts,
            repeated,
            cells: own.cells as f64 / texts as f64,
            pooled_log10_p: own.pooled,
            levels: levels.collect::<Result<_>>()?,
        })
    }
}

impl Calibrated {
    /// Reads a result of `calibrate` as JSON.
    ///
    /// # Errors
    /// When the file cannot be read, or is no such result.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).map_err(|error| Error::io("read", path, &error))?;
        serde_json::from_str(&text).map_err(|error| {
            Error::usage(error)
                .at(shown(path))
                .hint("give what `hallmark --format json calibrate` printed")
        })
    }

    /// The row for texts of so many tokens: the longest length that is no longer, or the shortest.
    #[must_use]
    pub fn for_tokens(&self, tokens: u64) -> Option<&CalibratedLength> {
        let fits =
            |length: &&CalibratedLength| length.tokens.is_some_and(|t| u64::from(t) <= tokens);
        let longest = self.lengths.iter().rfind(fits);
        longest.or_else(|| self.lengths.first())
    }

    /// Says no where it is of another mark or key.
    ///
    /// # Errors
    /// Names what differs.
    pub fn check_is_of(&self, profile: &ProfileJson, key_id: &str) -> Result<()> {
        let named = ProfileJson {
            name: self.profile.name.clone(),
            ..profile.clone()
        };
        let what = if self.profile != named {
            "another profile"
        } else if self.key_id != key_id {
            "another key"
        } else {
            return Ok(());
        };
        Err(Error::usage(format_args!(
            "this calibration is of {what}: its rates say nothing here"
        ))
        .hint("calibrate with the profile and the key that are used"))
    }
}
