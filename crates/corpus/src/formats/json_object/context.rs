//! What every step of reading a record needs.

use std::cell::RefCell;

use serde::de::Error;

use crate::error::Reason;
use crate::limits::LimitKind;
use crate::options::ReadOptions;

/// What every step needs. A parser error can carry only text, so the typed reason travels beside it.
pub(super) struct Context<'a> {
    pub(super) options: &'a ReadOptions,
    pub(super) reason: RefCell<Option<Reason>>,
}

impl Context<'_> {
    pub(super) fn fail<E: Error>(&self, reason: Reason) -> E {
        self.reason.replace(Some(reason));
        E::custom("")
    }

    pub(super) fn kind<E: Error>(&self, field: String, found: &str, expected: &'static str) -> E {
        self.fail(Reason::Kind {
            field,
            found: found.to_owned(),
            expected,
        })
    }

    /// The levels that are left within one more.
    pub(super) fn deeper<E: Error>(&self, depth: u32) -> Result<u32, E> {
        depth.checked_sub(1).ok_or_else(|| {
            let value = u64::from(self.options.limits.nesting());
            self.fail(Reason::OverLimit {
                limit: LimitKind::Nesting,
                value,
            })
        })
    }
}
