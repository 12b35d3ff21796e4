//! How much the answers of one record hold: what they share, and what each is kept with.

use crate::error::Reason;
use crate::limits::{LimitKind, Limits};

/// What the answers of one record hold so far.
#[derive(Debug)]
pub(crate) struct Held {
    bytes: u64,
    limit: u64,
    answers: u64,
}

impl Held {
    /// Nothing yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            bytes: 0,
            limit: limits.max_document_bytes,
            answers: 0,
        }
    }

    /// Adds bytes that several answers share.
    pub(crate) fn hold(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Adds an answer that would hold so many bytes. One alone is counted when it is made, and exactly.
    ///
    /// # Errors
    /// Where it is not the first, and all together are more than one document may have.
    pub(crate) fn add(&mut self, bytes: u64) -> Result<(), Reason> {
        self.bytes = self.bytes.saturating_add(bytes);
        self.answers += 1;
        match self.answers > 1 && self.bytes > self.limit {
            true => Err(Reason::OverLimit {
                limit: LimitKind::DocumentBytes,
                value: self.limit,
            }),
            false => Ok(()),
        }
    }
}
