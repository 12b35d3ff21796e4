//! The result of `mark`.

use hallmark::json::formats;
use serde::{Deserialize, Serialize};

/// The result of `mark`; printed where the records themselves go to a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Marked {
    pub(crate) schema: formats::Mark,
    /// Version of this program.
    pub(crate) version: String,
    /// The file of answers.
    pub(crate) out: String,
    /// Answers.
    pub(crate) answers: u64,
    /// Their tokens.
    pub(crate) tokens: u64,
    /// The longest answer that was allowed, in tokens.
    pub(crate) longest: u64,
    /// The model's file; none for the built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    /// Answers to each prompt.
    pub(crate) answers_per_prompt: u32,
    /// What the logits were divided by.
    pub(crate) temperature: f32,
    /// How many of the likeliest tokens were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) top_k: Option<u32>,
    /// What probability those have that were kept of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) top_p: Option<f32>,
    /// The key that marked; none for unmarked text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_id: Option<String>,
    /// Sub-keys of its ring, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ring: Option<u32>,
    /// Seed of the ordinary randomness.
    pub(crate) seed: u64,
}
