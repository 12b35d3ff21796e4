//! The law of a mark's sum.

use super::RelatedKeys;

/// The law of the sum of scores over distinct units, for a uniform key and fixed text.
#[derive(Clone)]
pub enum Null {
    /// Each part's scores are independent under its law; so are the parts.
    Independent,
    /// The same for text without a mark of this function. But keys only shift its state, so that text
    /// that was marked under *another* key of it can score high.
    RelatedKeys(RelatedKeys),
    /// Cells of one window are drawn from one list without replacement.
    Lists,
    /// The words of all units are one fixed table, shifted by the key, in each layer by itself. Text that
    /// was marked under another key can score high where a layer's number is the same.
    ShiftedTable(RelatedKeys),
}

impl Null {
    /// Other keys that the tested one is to be compared with.
    #[must_use]
    pub fn related(&self) -> Option<&RelatedKeys> {
        match self {
            Self::RelatedKeys(keys) | Self::ShiftedTable(keys) => Some(keys),
            Self::Independent | Self::Lists => None,
        }
    }
}
