//! Whether weights came from text that the tested key itself had marked.

use hallmark_core::keys::PublicId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What weights were made from, as seen by the tested key.
///
/// It is found out from what each index says of its text. An index that does not say which key marked its text counts as
/// unmarked: whoever makes an index from marked answers must name the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WeightSource {
    /// From text that no key marked: prompts, or text at large. The null law is exact.
    Background,
    /// From text that other keys marked. The null law is exact, as keys are independent.
    OtherKeys,
    /// From when each window was visited first in text that the tested key marked (T3r). The null law is exact.
    FirstVisits,
    /// From text that the tested key marked. Which windows the harvest holds, and how often, then depends on
    /// the key, in some logs on the very cells that are scored: `docs/studies/same-key.md`.
    SameKey,
}

impl WeightSource {
    pub(super) fn of(marked_by: impl IntoIterator<Item = Option<PublicId>>, key: PublicId) -> Self {
        marked_by
            .into_iter()
            .flatten()
            .fold(Self::Background, |source, marker| {
                if marker == key || source == Self::SameKey {
                    Self::SameKey
                } else {
                    Self::OtherKeys
                }
            })
    }
}

impl fmt::Display for WeightSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Background => "text that no key marked",
            Self::OtherKeys => "text that other keys marked",
            Self::FirstVisits => "first visits in the log that this key marked",
            Self::SameKey => "text that this key marked",
        })
    }
}
