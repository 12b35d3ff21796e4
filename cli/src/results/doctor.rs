//! The result of `doctor`.

use hallmark::json::formats;
use hallmark::profile::ProfileJson;
use hallmark_detector::tail::Log10P;
use serde::{Deserialize, Serialize};

/// The result of `doctor`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Diagnosed {
    pub(crate) schema: formats::Doctor,
    /// Version of this program.
    pub(crate) version: String,
    pub(crate) profile: ProfileJson,
    pub(crate) key_id: String,
    pub(crate) documents: u64,
    /// What is wrong with the sample itself.
    pub(crate) notes: Vec<String>,
    pub(crate) diagnosis: Diagnosis,
    /// The change that finds the mark best, where it is not found, or far less well, as things are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cure: Option<Tried>,
    /// Everything that was tried: first as things are, then the smallest p first.
    pub(crate) tried: Vec<Tried>,
}

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Diagnosis {
    /// The mark is found as things are.
    Healthy,
    /// It is found as things are, and far better with a change.
    Weak,
    /// It is found with a change.
    Curable,
    /// It is weakly found as things are, and no change finds clearly more.
    Borderline,
    /// It is found with none of them.
    Unknown,
}

/// A change with what it finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Tried {
    /// What was changed: `nothing`, `window`, `vocabulary`, `gamma`, `share`, `other-share`, `key-order`, `prompt`,
    /// `first-token`, `offset`, `record-tokens` or `normalise`.
    pub(crate) change: String,
    /// The same in words.
    pub(crate) what: String,
    pub(crate) scored: u64,
    pub(crate) log10_p: Log10P,
    /// Adjusted for everything that was tried.
    pub(crate) log10_p_adjusted: Log10P,
}
