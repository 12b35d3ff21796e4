//! One check and how it went.

use serde::{Deserialize, Serialize};

/// One check of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What was checked, in words that name the file, key, test or field.
    pub what: String,
    /// How it went.
    pub verdict: Verdict,
    /// What was found and what was expected, where it does not hold; why not, where it was not checked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// It could not be checked with what the bundle discloses.
    NotChecked,
}

impl Check {
    /// A check that holds.
    pub fn holds(what: impl Into<String>) -> Self {
        Self::new(what, Verdict::Holds, String::new())
    }

    /// A check that fails.
    pub fn fails(what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(what, Verdict::Fails, detail.into())
    }

    /// What could not be checked.
    pub fn not_checked(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(what, Verdict::NotChecked, why.into())
    }

    fn new(what: impl Into<String>, verdict: Verdict, detail: String) -> Self {
        Self {
            what: what.into(),
            verdict,
            detail,
        }
    }
}
