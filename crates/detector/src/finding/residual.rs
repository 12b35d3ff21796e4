//! What a finding of T2r carries.

use serde::{Deserialize, Serialize};

/// The largest window that T2r takes: with its token, five ids of 24 bits pack into 128 bits.
pub(crate) const MAX_WINDOW: usize = 4;

/// Where the expected counts of T2r come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// A control sample: answers of a model without the mark, best to the same prompts.
    Reference,
    /// The suspect's own answers: what follows the shorter window, elsewhere than after this
    /// window.
    ShorterWindow,
}

/// What T2r counted, as its finding carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResidualCounts {
    /// Where expected counts come from.
    pub expectation: Expectation,
    /// Fresh cells of the suspect, with their repeats.
    pub produced: u64,
    /// Answers that were counted once with an earlier one: the same answer, and all that was shown the same.
    #[serde(default)]
    pub identical_answers: u64,
    /// Fresh cells of the control sample, with their repeats.
    pub reference: u64,
    /// Cells with a weight above 0.
    pub above: u64,
    /// Cells with a weight below 0.
    pub below: u64,
}
