//! What says that the order of the answers was fixed without the key.

use serde::{Deserialize, Serialize};

/// What says that the order of the answers was fixed without the key.
///
/// The largest value of an e-process depends on the order: answers sorted by their score under a key would accuse it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Nothing does.
    #[default]
    Unproven,
    /// There is one answer.
    OneAnswer,
    /// The records' ids ascend: whoever numbered them fixed it.
    Ids,
    /// The log of the collection, with which the answers were compared.
    Log,
    /// They were put in the order of a hash of their content under a seed that was fixed beforehand.
    Hash,
}

impl Order {
    /// Whether anything does.
    #[must_use]
    pub fn is_key_free(self) -> bool {
        self != Self::Unproven
    }
}
