//! Conditions of a finding that nobody has shown to hold.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A condition that a p-value needs and that neither the program nor its plan has shown to hold.
///
/// A finding with any is printed with it. It is adjusted in a family of its own, so that it lifts no other test through Holm,
/// names nobody, and comes to no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// T3: the order of the answers was fixed without the key.
    KeyFreeOrder,
    /// T2, T2r, weighted T3: weights were fixed without what the tested key says.
    KeyFreeWeights,
    /// T3r: the log holds every token as it was sampled, in the order in which requests came in.
    LogAsSampled,
    /// Every test: the suspect's prompts were chosen without answers that the tested key had marked.
    KeyFreePrompts,
}

impl Condition {
    /// What can be done so that it holds.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::KeyFreeOrder => {
                "give the collection's log, or records whose ids ascend as they were asked, or order them by hash"
            }
            Self::KeyFreeWeights => {
                "rest the case on T1, on the key's own log by first visits (--first-visits), or on weights from other cohorts' logs or from unmarked text alone (--weights background)"
            }
            Self::LogAsSampled => {
                "make the index of first visits from token ids as they were sampled, numbered in the order of the requests, without --as-read"
            }
            Self::KeyFreePrompts => {
                "ask prompts from another epoch's or cohort's log, or from unmarked answers of your own model"
            }
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyFreeOrder => {
                "holds only if the order of the answers was fixed without the key, which nothing here shows"
            }
            Self::KeyFreeWeights => {
                "does not hold: the weights came from text that this key marked, and so depend on it"
            }
            Self::LogAsSampled => {
                "holds only if the log has every token as it was sampled, in the order of the requests, which its index does not say"
            }
            Self::KeyFreePrompts => {
                "does not hold: the prompts were chosen by answers that a tested key marked"
            }
        })
    }
}
