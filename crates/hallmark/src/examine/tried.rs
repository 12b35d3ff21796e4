//! A key that is tried, by its public id.

use serde::{Deserialize, Serialize};

/// A key that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TriedKey {
    /// Public id of the key.
    pub key_id: String,
    /// The file it came from.
    pub file: String,
    /// Public id of the root whose default cohort it is, where the file holds a root: text of either id is this key's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_id: Option<String>,
}
