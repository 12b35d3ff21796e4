//! The result of an examination.

use super::answers::Answers;
use super::collection::Collection;
use super::conditions::Condition;
use super::logprobs::UsedLogprobs;
use super::outcome::{Conclusion, KeyOutcome};
use super::plan::Plan;
use super::quoted::Quoted;
use super::reference::Reference;
use super::tried::TriedKey;
use crate::exit::Exit;
use crate::inputs::InputFile;
use crate::json::formats;
use crate::profile::ProfileJson;
use crate::read::{Reading, Skipped};
use crate::weights::UsedIndex;
use hallmark_detector::finding::{Counts, Finding, Test};
use hallmark_detector::statistic::admission::Refused;
use hallmark_detector::statistic::cohorts::Cohorts;
use serde::{Deserialize, Serialize};

/// The result of `examine`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Examined {
    /// The name of this format.
    pub schema: formats::Examine,
    /// Version of this program.
    pub version: String,
    /// The mark that was looked for.
    pub profile: ProfileJson,
    /// The first key that was given; `tests` says for each finding which key it concerns.
    pub key_id: String,
    /// Every key that was tried, in the order given.
    pub keys: Vec<TriedKey>,
    /// The level at which an adjusted p-value is called a finding.
    pub level: f64,
    /// Every file that went in, with its digest.
    pub inputs: Vec<InputFile>,
    /// What was done: every argument and seed.
    pub plan: Plan,
    /// SHA-256 of the plan's canonical JSON.
    pub plan_sha256: String,
    /// What was read and what was left out.
    pub counts: Counts,
    /// How the answers were given, and in which order.
    pub answers: Answers,
    /// What the logs of the collection say, with which the answers agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<Collection>,
    /// What of the provider's log was shown to the suspect, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Quoted>,
    /// How they were read.
    #[serde(default)]
    pub reading: Reading,
    /// Records that were skipped.
    pub skipped: Skipped,
    /// Which draw of decoys.
    pub decoy_seed: u64,
    /// The indexes of harvested text that weights were made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub harvests: Vec<UsedIndex>,
    /// The indexes of first visits in tested keys' own logs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_visits: Vec<UsedIndex>,
    /// The index of text at large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<UsedIndex>,
    /// The control sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The keys that tested keys were contrasted with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<TriedKey>,
    /// Log-probabilities that were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<UsedLogprobs>,
    /// What it comes to: `found` where any key's outcome is, else `inconclusive` where any is.
    pub outcome: Conclusion,
    /// What it comes to under each key.
    pub outcomes: Vec<KeyOutcome>,
    /// Every test under every key.
    pub tests: Vec<Finding>,
    /// Tests that marks of this scheme cannot have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_made: Vec<NotMade>,
    /// What the tests say of the keys together.
    pub cohorts: Cohorts,
    /// What the findings rest on, and who checked it.
    pub conditions: Vec<Condition>,
    /// What this does not show.
    pub does_not_show: Vec<String>,
}

/// A test that marks of this scheme cannot have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NotMade {
    /// The test.
    pub test: Test,
    /// Why not.
    pub why: String,
}

impl From<&Refused> for NotMade {
    fn from(refused: &Refused) -> Self {
        Self {
            test: refused.test,
            why: refused.why.to_string(),
        }
    }
}

/// What no examination shows.
pub const DOES_NOT_SHOW: [&str; 6] = [
    "A p-value is not the chance that the suspect is innocent: it is how often a random key would give as much.",
    "Dependence on a key does not say who trained on the text, when, by which way it came, or whether that was allowed.",
    "Answers that were relayed from the marked service itself also depend on its key: ask where the answers were made.",
    "A passage copied from something the records do not show counts as the suspect's own: records must hold all that was shown.",
    "Weights and control samples that were made with the key in hand can show anything: who made each file, when and from what, is part of the case.",
    "A high p-value does not show that nothing was trained on: see the smallest effect that was visible.",
];

impl Examined {
    /// How a program ends with this result: status 4 where nothing can be said either way.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.outcome {
            Conclusion::Inconclusive => Exit::TooLittle,
            Conclusion::Found | Conclusion::NotFound => Exit::Done,
        }
    }
}
