//! The soft binding: which mark the text carries.

use serde::{Deserialize, Serialize};

/// The mark that a text carries, as its manifest names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The algorithm: `hallmark.<scheme>.v1`.
    pub algorithm: String,
    /// The public id of the key, in hexadecimal.
    pub key_id: String,
}

/// The label of the assertion.
pub(crate) const LABEL: &str = "c2pa.soft-binding";

/// The assertion as C2PA has it (section "Soft binding").
#[derive(Serialize, Deserialize)]
pub(crate) struct Assertion {
    pub(crate) alg: String,
    pub(crate) blocks: Vec<Block>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Bytes that may be there to fill room.
    #[serde(default)]
    pub(crate) pad: Vec<u8>,
}

/// A part of the text with its value; here there is one, the whole text.
#[derive(Serialize, Deserialize)]
pub(crate) struct Block {
    pub(crate) scope: Scope,
    pub(crate) value: String,
}

/// Nothing said: the whole asset.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Scope {}

impl Binding {
    /// The mark of a scheme, such as `gumbel`, under the key of a public id.
    #[must_use]
    pub fn new(scheme: &str, key_id: &str) -> Self {
        Self {
            algorithm: format!("hallmark.{scheme}.v1"),
            key_id: key_id.to_owned(),
        }
    }

    pub(crate) fn assertion(&self) -> Assertion {
        Assertion {
            alg: self.algorithm.clone(),
            blocks: vec![Block {
                scope: Scope {},
                value: self.key_id.clone(),
            }],
            name: Some("statistical mark in the choice of tokens".to_owned()),
            pad: vec![],
        }
    }
}
