//! What was read and what was left out.

use serde::{Deserialize, Serialize};

/// What was read and what was left out, the same for every key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// Answers or documents.
    pub answers: u64,
    /// Tokens in them.
    pub tokens: u64,
    /// Answers whose record does not say what was shown.
    pub exposure_unknown: u64,
    /// Cells left out because their window had been shown.
    pub exposed: u64,
    /// Those of them whose window had been shown in another form only: escaped, folded, in another case or normal form.
    #[serde(default)]
    pub exposed_in_other_form: u64,
    /// Cells left after that.
    pub fresh: u64,
    /// Fresh cells that are the first of their kind.
    pub scored: u64,
    /// Expected number of new cells that the de-duplication took for seen ones; costs power, never
    /// validity.
    pub expected_drops: f64,
}
