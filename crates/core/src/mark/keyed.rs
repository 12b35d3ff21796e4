//! A mark under a key, of this project or of another engine, as the detector reads it.

use super::{Mark, Reading, RelatedKeys};
use crate::cells::TokenId;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// A mark under a key: what scores cells, what of them counts once, and the law of the sum.
#[derive(Clone)]
pub struct KeyedMark {
    /// What scores a cell. Where there are several, a cell's score is the weighted sum of theirs.
    pub parts: Vec<Part>,
    /// What the function consumes of a cell, where that is less than the cell: cells with one unit
    /// count once.
    pub unit: Option<Unit>,
    /// The law of the sum of scores.
    pub null: Null,
    /// Bits of the key that matter, where they are so few that another key can be the same one in effect.
    pub key_bits: Option<u32>,
    /// Whether words cost so much that each unit's should be computed once.
    pub dear: bool,
}

/// One of the keys of a mark.
#[derive(Clone)]
pub struct Part {
    /// The weight of its scores.
    pub weight: u32,
    /// Its words and their law.
    pub reading: Arc<dyn Reading>,
}

/// From a cell (window and token) to what the function consumes of it.
pub type Unit = Arc<dyn Fn(&[TokenId], TokenId) -> u64 + Send + Sync>;

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

impl KeyedMark {
    /// The only part, where scores of other units say nothing about a unit's but what a list's tokens say of each
    /// other: then the places of a mark in a text can be tested as a native mark's are.
    #[must_use]
    pub fn local(&self) -> Option<&dyn Reading> {
        match (&self.parts[..], &self.null) {
            ([part], Null::Independent | Null::Lists) => Some(&*part.reading),
            _ => None,
        }
    }
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

impl From<Arc<dyn Mark>> for KeyedMark {
    fn from(mark: Arc<dyn Mark>) -> Self {
        Self {
            parts: vec![Part {
                weight: 1,
                reading: mark,
            }],
            unit: None,
            null: Null::Independent,
            key_bits: None,
            dear: false,
        }
    }
}
