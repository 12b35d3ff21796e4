//! How repeated cells are found, as plain data.

use hallmark_detector::DedupKind;
use serde::{Deserialize, Serialize};

/// How repeated cells are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Dedup {
    /// 8 bytes a cell.
    #[default]
    Compact,
    /// Whole cells.
    Exact,
    /// Within a fixed memory; some new cells may be dropped.
    Bloom {
        /// The memory.
        mib: u32,
    },
}

impl From<Dedup> for DedupKind {
    fn from(dedup: Dedup) -> Self {
        match dedup {
            Dedup::Compact => Self::Compact,
            Dedup::Exact => Self::Exact,
            Dedup::Bloom { mib } => {
                let budget_bytes = u64::from(mib) << 20;
                // Laid out for 16 bits a cell.
                Self::Bloom {
                    budget_bytes,
                    expected_units: budget_bytes / 2,
                }
            }
        }
    }
}
