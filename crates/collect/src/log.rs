//! The log: every attempt, as it was sent and received.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// A run begins: how it asks.
    Start(Start),
    /// One attempt.
    Exchange(Box<Attempt>),
    /// The run ended, or was stopped.
    End(End),
}

/// How a run asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// UTC, RFC 3339.
    pub time: String,
    /// The program's version.
    pub version: String,
    /// The address that is asked.
    pub address: String,
    /// The dialect.
    pub api: String,
    /// The model's name at the endpoint.
    pub model: String,
    /// The most tokens in an answer.
    pub max_tokens: Option<u32>,
    /// The sampling temperature.
    pub temperature: Option<f64>,
    /// Log-probabilities of so many candidates.
    pub logprobs: Option<u32>,
    /// Fields that were added to every request.
    pub extra: Map<String, Value>,
    /// SHA-256 of the prompts' file.
    pub prompts_sha256: String,
    /// Answers to each prompt.
    pub answers_per_prompt: u32,
    /// Answers that were there already.
    pub already: u64,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// When the request went out: UTC, RFC 3339.
    pub time: String,
    /// How long the exchange took.
    pub milliseconds: u64,
    /// The prompt's id.
    pub id: String,
    /// Which answer to it, from 1.
    pub repetition: u32,
    /// Which attempt at that answer, from 1.
    pub attempt: u32,
    /// The request's body, to the byte.
    pub request: String,
    /// Its SHA-256.
    pub request_sha256: String,
    /// The HTTP status, where there was a response.
    pub status: Option<u16>,
    /// The response's body as far as it came, to the byte but for a blotted API key. Absent where it
    /// is no UTF-8 text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// The body in hexadecimal where it is no UTF-8 text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_hex: Option<String>,
    /// SHA-256 of the body as it came.
    pub response_sha256: String,
    /// Whether the API key was in it and is blotted out; the digest is of the body before that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key_blotted: bool,
    /// What failed, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// UTC, RFC 3339.
    pub time: String,
    /// Answers of this run.
    pub answered: u64,
    /// Answers that could not be had.
    pub failed: u64,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}

impl Start {
    /// The first respect in which another run asks differently: its name, our value, the other's.
    #[must_use]
    pub fn differs(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let value = |value: Value| value.to_string();
        let fields = |start: &Self| {
            [
                ("address", value(start.address.clone().into())),
                ("dialect", value(start.api.clone().into())),
                ("model", value(start.model.clone().into())),
                ("max_tokens", value(start.max_tokens.into())),
                ("temperature", value(start.temperature.into())),
                ("logprobs", value(start.logprobs.into())),
                ("extra fields", value(start.extra.clone().into())),
            ]
        };
        fields(self)
            .into_iter()
            .zip(fields(other))
            .find_map(|((name, ours), (_, theirs))| {
                (ours != theirs).then_some((name, ours, theirs))
            })
    }
}

#[cfg(feature = "client")]
/// The present time: UTC, RFC 3339, to the millisecond.
pub(crate) fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
