//! The whole finding, for callers with a token.

use hallmark::Detected;
use hallmark_detector::tail::Log10P;
use serde::Serialize;

/// What `detect` says of a text under each key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Examination {
    /// The name of this format.
    pub schema: &'static str,
    /// One for each key, in the order of the detector's file.
    pub keys: Vec<Examined>,
}

/// What `detect` says of a text under one key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Examined {
    /// The key's name in the detector's file.
    pub name: String,
    /// log10 of the p-value of the whole text, adjusted for all keys (Holm).
    pub log10_p_adjusted: Log10P,
    /// The finding.
    pub detected: Detected,
}

impl Examination {
    /// The name of this format.
    pub const SCHEMA: &'static str = "hallmark/public-examination/1";

    /// Of all keys.
    #[must_use]
    pub const fn new(keys: Vec<Examined>) -> Self {
        Self {
            schema: Self::SCHEMA,
            keys,
        }
    }
}
