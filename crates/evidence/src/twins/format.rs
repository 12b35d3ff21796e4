//! What is written of twins.

use super::draw::Side;
use hallmark::json::formats;
use serde::{Deserialize, Serialize};

/// What is published of twins: the seed, before the first is drawn, and later the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Committed {
    /// The name of this format.
    pub schema: formats::Twins,
    /// When it was made, by the clock of the machine.
    pub made: String,
    /// The name of the draw: the seed is derived from the root key under it.
    pub name: String,
    /// The share of requests that have twins.
    pub share: f64,
    /// SHA-256 of `hallmark commitment v1:twins`, a zero byte, seed and nonce, in hexadecimal.
    pub seed_commitment: String,
    /// The table, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<CommittedTable>,
}

/// A table of twins that was committed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommittedTable {
    /// SHA-256 of what was published of the seed before, in hexadecimal.
    pub seed_sha256: String,
    /// SHA-256 of the table, in hexadecimal.
    pub sha256: String,
    /// Requests with twins in it.
    pub pairs: u64,
    /// Different accounts.
    pub accounts: u64,
    /// Requests with twins that are not in it, as an earlier one of their conversation is.
    pub later_in_conversation: u64,
    /// All requests, where they were listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// Of these, requests that the draw gave twins and that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_twins: Option<u64>,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The request.
    pub id: String,
    /// Whose it was, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Digest of answer A, in hexadecimal.
    pub a: String,
    /// Digest of answer B.
    pub b: String,
    /// Bytes of answer A.
    pub bytes_a: u64,
    /// Bytes of answer B.
    pub bytes_b: u64,
    /// Digest of the prompt, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

/// Which requests have twins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    /// The name of this format.
    pub schema: formats::TwinsDraw,
    /// The name of the draw.
    pub name: String,
    /// The share that was asked for.
    pub share: f64,
    /// Requests that were read.
    pub requests: u64,
    /// Those that have twins.
    pub drawn: Vec<DrawnRequest>,
}

/// A request that has twins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DrawnRequest {
    /// Its id.
    pub id: String,
    /// The twin that is sent.
    pub send: Side,
}
