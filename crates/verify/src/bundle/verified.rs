//! What came of all checks.

use crate::check::{Check, Verdict};
use crate::formats::VerifyFormat;
use serde::{Deserialize, Serialize};

/// The result of `verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// The name of this format.
    pub schema: VerifyFormat,
    /// Whether no check fails.
    pub holds: bool,
    /// Every check.
    pub checks: Vec<Check>,
}

impl Verified {
    /// What came of some checks.
    #[must_use]
    pub fn of(checks: Vec<Check>) -> Self {
        Self {
            schema: VerifyFormat,
            holds: checks.iter().all(|check| check.verdict != Verdict::Fails),
            checks,
        }
    }
}
