//! Which set to use.

use super::{Bloom, Compact, Dedup, Exact};

/// Which set to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DedupKind {
    /// [`Compact`].
    #[default]
    Compact,
    /// [`Exact`].
    Exact,
    /// [`Bloom`], with its memory and the number of distinct units that it is laid out for.
    Bloom {
        /// Memory of the filter in bytes.
        budget_bytes: u64,
        /// Distinct units that are expected; more of them are dropped more often.
        expected_units: u64,
    },
}

impl DedupKind {
    /// An empty set of this kind for units with `window` ids before the last.
    #[must_use]
    pub fn build(self, window: usize) -> Box<dyn Dedup> {
        match self {
            Self::Compact => Box::new(Compact::new(window)),
            Self::Exact => Box::new(Exact::new(window)),
            Self::Bloom {
                budget_bytes,
                expected_units,
            } => Box::new(Bloom::new(window, budget_bytes, expected_units)),
        }
    }
}
