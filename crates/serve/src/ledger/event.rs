//! Lines of a ledger.

use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// What is known of a request when it begins.
#[derive(Clone, Debug)]
pub struct Begun<'a> {
    /// Its cohort's label.
    pub cohort: Option<&'a str>,
    /// Public id of the key that marks it; none where it is not marked.
    pub key: Option<String>,
    /// The profile's name.
    pub profile: &'a str,
    /// Of a ring, which sub-key marks it.
    pub sub_key: Option<u32>,
    /// Tokens of its prompt.
    pub prompt_tokens: usize,
    /// Which of several answers to the prompt it is.
    pub answer: u32,
    /// Its number in the gateway's sequence, where that counts.
    pub number: Option<u64>,
}

/// A line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Event {
    /// A process opened the ledger.
    Open { ledger: u32, time: u64 },
    /// A marked request began.
    Begin {
        id: String,
        number: u64,
        time: u64,
        cohort: String,
        key: String,
        profile: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sub_key: Option<u32>,
        prompt_tokens: usize,
        answer: u32,
    },
    /// A marked request ended.
    End {
        id: String,
        number: u64,
        time: u64,
        key: String,
        tokens: usize,
        reason: String,
        sent: bool,
        /// Why it was marked no further, where it was not; the tokens are then those up to there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gave_up: Option<String>,
        /// Sampled tokens that were taken back afterwards, and are in no record.
        #[serde(default, skip_serializing_if = "is_zero")]
        taken_back: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sub_key: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response_tokens: Option<Vec<u32>>,
    },
    /// A request that was not marked ended.
    Unmarked {
        time: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cohort: Option<String>,
        profile: String,
        why: String,
        prompt_tokens: usize,
        tokens: usize,
        reason: String,
        sent: bool,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as u64)
}
