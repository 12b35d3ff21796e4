//! In which way a suspect keeps to the marked choices: what T2r and T3r bet on.

use serde::{Deserialize, Serialize};

/// In which way a suspect keeps to the marked choices. T2r and T3r try both, and say which came to more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Leaning {
    /// It follows the marked choice wherever the log outweighs what else it learned: a model that learned its text by heart, or a small one.
    #[default]
    Follow,
    /// It leans a little towards the marked choice: a pretrained model.
    Lean,
}
