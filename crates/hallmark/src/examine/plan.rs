//! The plan of an examination: plain data, fixed before any answer is scored.

use super::canonical;
use super::tried::TriedKey;
use crate::dedup::Dedup;
use crate::error::{Error, Result};
use crate::json::formats;
use crate::power::Calibrated;
use crate::profile::ProfileJson;
use crate::read::Inputs;
use crate::weights::Weighing;
use hallmark_core::keys::Key;
use hallmark_core::profile::Profile;
use hallmark_detector::finding::Expectation;
use hallmark_harvest::Sha256Digest;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What an examination does. It names files and public ids of keys, and holds no secret.
///
/// The plan can be written down, hashed and signed before any answer is there: [`digest`](Self::digest).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The name of this format.
    pub schema: formats::Plan,
    /// The mark that is looked for.
    pub profile: ProfileJson,
    /// The keys that are tried, in the order of the findings.
    pub keys: Vec<TriedKey>,
    /// The keys that each of them is contrasted with (T6).
    pub controls: Vec<TriedKey>,
    /// The suspect's answers.
    pub answers: Inputs,
    /// Decoys in the line-up (T5); 0 leaves it out.
    pub decoys: u32,
    /// Which draw of decoys.
    pub decoy_seed: u64,
    /// Whether T8 is made.
    pub shape: bool,
    /// What weighs cells (T2, T2r, weighted T3).
    pub weighing: Weighing,
    /// Answers of a model without the mark, read like the suspect's (T2r).
    pub references: Vec<PathBuf>,
    /// The suspect's log-probabilities (T9).
    pub logprobs: Vec<PathBuf>,
    /// The same of a model that never saw marked text.
    pub reference_logprobs: Vec<PathBuf>,
    /// The share of marked training text that a clean result is to rule out.
    pub rule_out: Option<f64>,
    /// Which studies say what could have been seen.
    pub calibration: Calibrated,
    /// How repeated cells are found.
    pub dedup: Dedup,
}

/// Decoys in a line-up, where nothing else is asked for.
const DECOYS: u32 = 999;

impl Plan {
    /// T1, T3 and T5 of these answers under these keys, with nothing that weighs.
    #[must_use]
    pub fn new(profile: &Profile, keys: Vec<TriedKey>, answers: Inputs) -> Self {
        Self {
            schema: formats::Plan,
            profile: ProfileJson::from(profile),
            keys,
            controls: vec![],
            answers,
            decoys: DECOYS,
            decoy_seed: 0,
            shape: false,
            weighing: Weighing::default(),
            references: vec![],
            logprobs: vec![],
            reference_logprobs: vec![],
            rule_out: None,
            calibration: Calibrated::default(),
            dedup: Dedup::default(),
        }
    }

    /// SHA-256 of the plan's canonical JSON, in hexadecimal: `docs/formats.md` says which bytes these are.
    ///
    /// # Errors
    /// When a path is no text.
    pub fn digest(&self) -> Result<String> {
        let bytes = canonical::json(self)?;
        Ok(Sha256Digest::of(bytes.as_bytes()).to_string())
    }

    /// Says no to what cannot be meant.
    pub(super) fn check(&self) -> Result<()> {
        twice(&self.keys, |id, file| {
            Error::usage(format_args!("key {id} was given twice ({file})"))
                .hint("give each key once: every key that is tried counts in the adjustment")
        })?;
        twice(&self.controls, |id, file| {
            Error::usage(format_args!("control {id} was given twice ({file})"))
                .hint("give each control once: every contrast counts in the adjustment")
        })?;
        if let Some(share) = self.rule_out
            && !(share > 0.0 && share <= 1.0)
        {
            return Err(Error::usage("allowed is above 0, at most 1")
                .at(format_args!("--rule-out {share}"))
                .hint("give a share of the training text, for instance 0.1"));
        }
        Ok(())
    }

    /// All files of answers and log-probabilities.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let answers = self.answers.files.iter().chain(&self.references);
        answers
            .chain(&self.logprobs)
            .chain(&self.reference_logprobs)
    }

    /// Whether T2r is made, and where its expected counts come from.
    pub(super) fn expectation(&self) -> Option<Expectation> {
        match (
            self.references.is_empty(),
            self.weighing.harvests.is_empty(),
        ) {
            (false, _) => Some(Expectation::Reference),
            (true, false) => Some(Expectation::ShorterWindow),
            (true, true) => None,
        }
    }
}

impl TriedKey {
    /// A key and the name of the file it came from.
    #[must_use]
    pub fn of(key: &Key, file: &Path) -> Self {
        Self {
            key_id: key.public_id().to_string(),
            file: crate::text::shown(file),
        }
    }
}

fn twice(keys: &[TriedKey], error: impl Fn(&str, &str) -> Error) -> Result<()> {
    for (at, key) in keys.iter().enumerate() {
        if keys[..at].iter().any(|other| other.key_id == key.key_id) {
            return Err(error(&key.key_id, &key.file));
        }
    }
    Ok(())
}
