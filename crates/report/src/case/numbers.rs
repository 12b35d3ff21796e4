//! Numbers beside the findings: for pictures, sensitivity and error rates.

use hallmark_detector::tail::{Log10E, Log10P};
use serde::{Deserialize, Serialize};

/// What a line-up compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LineUp {
    /// Public id of the key.
    pub key_id: String,
    /// T1's sum of scores under it, in green cells, nats or one bits.
    pub own: f64,
    /// The same under each decoy, in the order drawn.
    pub decoys: Vec<f64>,
}

/// How the e-process of a key grew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Public id of the key.
    pub key_id: String,
    /// Its looks, in order.
    pub points: Vec<Point>,
}

/// A look at the e-process.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Distinct cells so far.
    pub cells: u64,
    /// log10 E after them.
    pub log10_e: Log10E,
}

/// What is left without one source of answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Public id of the key.
    pub key_id: String,
    /// The source that is left out.
    pub source: String,
    /// Distinct cells without it.
    pub cells: u64,
    /// log10 p of T1 without it, not adjusted.
    pub log10_p: Log10P,
}

/// What the sources are that are left out one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SourcesAre {
    /// Files of answers.
    Files,
    /// Groups that records name.
    Groups,
    /// Tenths of the answers in their order, which are of one file and of one group, or none.
    TenthsOfOne,
    /// Tenths of the answers in their order: nothing says where each comes from, or there are too many sources to tell apart.
    Tenths,
}

/// The same answers examined in another way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Variation {
    /// Public id of the key.
    pub key_id: String,
    /// What was otherwise: the tokenizer, the window.
    pub what: String,
    /// Distinct cells.
    pub cells: u64,
    /// log10 p of T1, not adjusted.
    pub log10_p: Log10P,
}

/// How often a study saw the method say something of innocent answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ErrorRate {
    /// The study's id.
    pub study: String,
    /// What was counted: a test, or the whole examination.
    pub what: String,
    /// The level at which it was counted.
    pub level: f64,
    /// Examinations of innocent answers.
    pub tried: u64,
    /// Those of them that came out as found.
    pub wrong: u64,
    /// Whether this examination is one of the kind that was studied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_scope: Option<bool>,
    /// Why, or why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
