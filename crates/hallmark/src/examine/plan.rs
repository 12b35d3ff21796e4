//! The plan of an examination: plain data, fixed before any answer is scored.

use super::canonical;
use super::tried::TriedKey;
use crate::dedup::Dedup;
use crate::error::{Error, Result};
use crate::inputs::{InputFile, Role};
use crate::json::formats;
use crate::power::Calibrated;
use crate::profile::ProfileJson;
use crate::read::Inputs;
use crate::weights::{Rule, Weighing};
use hallmark_core::keys::{Key, KeyFile};
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
    /// Decoys in each key's line-up (T5); 0 leaves it out.
    pub decoys: u32,
    /// Which draw of decoys.
    pub decoy_seed: u64,
    /// Whether T8 is made.
    pub shape: bool,
    /// What weighs cells (T2, T2r, weighted T3; its background T3r too).
    pub weighing: Weighing,
    /// Indexes of first visits in tested keys' own logs (T3r).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_visits: Vec<PathBuf>,
    /// Answers of a model without the mark, read like the suspect's (T2r, T3r).
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
    /// In which order answers are read.
    #[serde(default, skip_serializing_if = "Ordering::is_as_given")]
    pub order: Ordering,
    /// Logs of the collection, with which answers are compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<PathBuf>,
    /// The provider's logs of answers that tested keys marked: those that were shown are left out of all answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provider_logs: Vec<PathBuf>,
    /// Results of `probe` that chose the prompts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<PathBuf>,
}

/// In which order answers are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ordering {
    /// As they stand in the files.
    #[default]
    AsGiven,
    /// By a hash of each record's content under this seed, which is fixed and published before the answers are there. All answers are
    /// held in memory.
    Hash(String),
}

impl Ordering {
    fn is_as_given(&self) -> bool {
        *self == Self::AsGiven
    }
}

/// Decoys in a key's line-up, where nothing else is asked for: the least p-value that they allow, 1/5,000, is at the level of 0.001
/// for up to five tests.
const DECOYS: u32 = 4_999;

/// Keys up to which line-ups are made unasked: each key's costs as much as scoring under 4,999 keys.
const KEYS_LINED_UP: usize = 10;

/// Decoys of each key where nothing else is asked for: none beyond ten keys.
#[must_use]
pub const fn usual_decoys(keys: usize) -> u32 {
    match keys <= KEYS_LINED_UP {
        true => DECOYS,
        false => 0,
    }
}

impl Plan {
    /// T1, T3 and, of up to ten keys, T5 of these answers under these keys, with nothing that weighs.
    #[must_use]
    pub fn new(profile: &Profile, keys: Vec<TriedKey>, answers: Inputs) -> Self {
        let keys_tried = keys.len();
        Self {
            schema: formats::Plan,
            profile: ProfileJson::from(profile),
            keys,
            controls: vec![],
            answers,
            decoys: usual_decoys(keys_tried),
            decoy_seed: 0,
            shape: false,
            weighing: Weighing::default(),
            first_visits: vec![],
            references: vec![],
            logprobs: vec![],
            reference_logprobs: vec![],
            rule_out: None,
            calibration: Calibrated::default(),
            dedup: Dedup::default(),
            order: Ordering::default(),
            logs: vec![],
            provider_logs: vec![],
            probes: vec![],
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
        if let [key] = &self.keys[..]
            && self
                .controls
                .iter()
                .any(|control| control.key_id == key.key_id)
        {
            return Err(
                Error::usage(format_args!("control {} is the tested key", key.key_id)).hint(
                    "contrast it with a key that was never used, or with the key of public output",
                ),
            );
        }
        if !self.answers.requests.is_empty() && !self.logprobs.is_empty() {
            return Err(Error::usage(
                "records of log-probabilities are not joined with --requests, so what they were shown would not be known",
            )
            .hint("give each of them its prompt, or examine them without --requests"));
        }
        let weighs = !self.weighing.harvests.is_empty() || !self.first_visits.is_empty();
        if self.weighing.background.is_some() && !weighs && self.weighing.rule != Rule::Background {
            return Err(
                Error::usage("a background weighs nothing by itself").hint(
                    "give --harvest or --first-visits beside it; or say --weights background, which weighs windows by unmarked text alone",
                ),
            );
        }
        if let Some(share) = self.rule_out
            && !(share > 0.0 && share <= 1.0)
        {
            return Err(Error::usage("allowed is above 0, at most 1")
                .at(format_args!("--rule-out {share}"))
                .hint("give a share of the training text, for instance 0.1"));
        }
        Ok(())
    }

    /// Every file that goes in, with its digest; stdin has one when it was read.
    pub(super) fn inputs(&self) -> Result<Vec<InputFile>> {
        let tokenizer = self.answers.tokenizer.iter();
        let roles: [(Role, Vec<&PathBuf>); 13] = [
            (Role::Answers, self.answers.files.iter().collect()),
            (Role::Requests, self.answers.requests.iter().collect()),
            (Role::Log, self.logs.iter().collect()),
            (Role::Probe, self.probes.iter().collect()),
            (Role::ProviderLog, self.provider_logs.iter().collect()),
            (Role::Tokenizer, tokenizer.collect()),
            (Role::Harvest, self.weighing.harvests.iter().collect()),
            (Role::FirstVisits, self.first_visits.iter().collect()),
            (Role::Background, self.weighing.background.iter().collect()),
            (Role::Reference, self.references.iter().collect()),
            (Role::Logprobs, self.logprobs.iter().collect()),
            (
                Role::ReferenceLogprobs,
                self.reference_logprobs.iter().collect(),
            ),
            (Role::Calibration, self.calibration.table.iter().collect()),
        ];
        let files = roles.into_iter().flat_map(|(role, files)| {
            let files = files.into_iter().filter(|file| file.as_os_str() != "-");
            files.map(move |file| InputFile::of(role, file))
        });
        files.collect()
    }

    /// Every path of a file that shapes the examination or is examined, but for the answers themselves and the logs of their collection.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let answers = &mut self.answers;
        let beside = answers.tokenizer.iter_mut().chain(&mut answers.requests);
        let weighing = &mut self.weighing;
        let weighing = weighing
            .harvests
            .iter_mut()
            .chain(weighing.background.iter_mut());
        beside
            .chain(weighing)
            .chain(&mut self.first_visits)
            .chain(&mut self.references)
            .chain(&mut self.logprobs)
            .chain(&mut self.reference_logprobs)
            .chain(self.calibration.table.iter_mut())
            .chain(&mut self.provider_logs)
            .chain(&mut self.probes)
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
            (true, true) if self.weighing.rule == Rule::Background => {
                Some(Expectation::ShorterWindow)
            }
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
            root_id: None,
        }
    }

    /// The key that marks text, of a key file.
    #[must_use]
    pub fn of_file(key: &KeyFile, file: &Path) -> Self {
        let root_id = match key {
            KeyFile::Root(_) => Some(key.public_id().to_string()),
            _ => None,
        };
        Self {
            root_id,
            ..Self::of(&key.marking_key(), file)
        }
    }

    /// Whether an id that someone wrote down is this key's, or its root's.
    #[must_use]
    pub fn is(&self, id: &str) -> bool {
        self.key_id == id || self.root_id.as_deref() == Some(id)
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
