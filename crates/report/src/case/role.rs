//! What a key is for.

use serde::{Deserialize, Serialize};

/// What a key is for in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It marked what the cohort under suspicion was given.
    Tested,
    /// It marked what was published on the web.
    Public,
    /// It marked another cohort's answers.
    Control,
    /// It never marked anything.
    NeverUsed,
}

impl Role {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tested => "tested cohort",
            Self::Public => "public text",
            Self::Control => "other cohort (control)",
            Self::NeverUsed => "never used",
        }
    }
}
