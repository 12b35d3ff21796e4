//! Why a turn is no turn, and an answer none.

use crate::error::Reason;

/// Why there is no turn, or no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request failed, or its answer was withheld: what failed.
    Failed(String),
    /// A field has a value of the wrong kind.
    Kind {
        field: String,
        found: String,
        expected: &'static str,
    },
    /// A field stands twice.
    Twice(String),
}

impl From<Fault> for Reason {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Failed(failure) => Self::Failed { failure },
            Fault::Kind {
                field,
                found,
                expected,
            } => Self::Kind {
                field,
                found,
                expected,
            },
            Fault::Twice(field) => Self::Duplicate(field),
        }
    }
}
