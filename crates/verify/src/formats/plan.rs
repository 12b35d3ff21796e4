//! The plan of a case: everything about an examination that is fixed before anyone is asked.

use super::names::CasePlanFormat;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The plan of a case, a TOML file. What stands under `analysis` is what `examine` does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CasePlan {
    /// The name of this format.
    pub schema: CasePlanFormat,
    /// The name of the case.
    pub case: String,
    /// What is asked.
    pub question: String,
    /// When it was made, by the clock of the machine that made it.
    pub made: String,
    /// Who examines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Who reviews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
    /// SHA-256 of the file of commitments, in hexadecimal.
    pub commitments_sha256: String,
    /// What is fixed in words.
    pub fixed: Fixed,
    /// What could be true.
    pub propositions: Vec<Proposition>,
    /// Files that shape the examination and were there when it was planned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PlannedFile>,
    /// What is done: the library's plan, as `docs/schemas/plan-1.json` has it, without values that are null.
    pub analysis: Value,
}

/// What is fixed in words, for people to keep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// How the answers will be collected, or were.
    pub collection: String,
    /// How many answers will be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u64>,
    /// The level at which an adjusted p-value is a finding.
    pub alpha: f64,
    /// How p-values are adjusted.
    pub multiplicity: String,
    /// When no more answers are asked for.
    pub stopping: String,
    /// Which answers are left out, and by what rule.
    pub exclusions: String,
    /// How text is made into tokens.
    pub normalisation: String,
    /// What would speak against the question.
    pub against: String,
}

/// What could be true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Proposition {
    /// A short name.
    pub id: String,
    /// In words.
    pub text: String,
}

/// A file that was there when the examination was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedFile {
    /// Its name in the case's folder.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl CasePlan {
    /// Its name in a bundle.
    pub const FILE: &str = "plan.toml";

    /// The name of the profile's file in a bundle.
    pub const PROFILE: &str = "profile.toml";
}
