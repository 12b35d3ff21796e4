//! A request's place in the ledger.

use super::event::{Event, now};
use super::file::Ledger;
use crate::policy::Unmarked;
use hallmark::Result;
use std::sync::Arc;

/// A request's place in the ledger, until it ends.
pub struct Entry {
    ledger: Arc<Ledger>,
    cohort: Option<String>,
    kind: Kind,
    /// What was marked, and why no more.
    gave_up: Option<(Vec<u32>, &'static str)>,
}

pub(super) enum Kind {
    Marked {
        id: String,
        number: u64,
        key: String,
        sub_key: Option<u32>,
    },
    Unmarked {
        profile: String,
        why: &'static str,
        prompt_tokens: usize,
    },
}

impl Entry {
    pub(super) fn new(ledger: Arc<Ledger>, cohort: Option<&str>, kind: Kind) -> Self {
        Self {
            ledger,
            cohort: cohort.map(str::to_owned),
            kind,
            gave_up: None,
        }
    }

    /// Its id; none where it is not marked.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match &self.kind {
            Kind::Marked { id, .. } => Some(id.clone()),
            Kind::Unmarked { .. } => None,
        }
    }

    /// Notes that it is marked no further.
    pub fn gave_up(&mut self, tokens: &[u32], why: &Unmarked) {
        if self.gave_up.is_none() {
            self.gave_up = Some((tokens.to_vec(), why.word()));
        }
    }

    /// Writes that it ended, with `count` tokens in all, of which `tokens` are those of a marked request.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn end(self, tokens: &[u32], count: usize, reason: &str, sent: bool) -> Result<()> {
        let Self {
            ledger,
            cohort,
            kind,
            gave_up,
        } = self;
        let reason = reason.to_owned();
        let event = match kind {
            Kind::Marked {
                id,
                number,
                key,
                sub_key,
            } => {
                let marked = gave_up.as_ref().map_or(tokens, |(tokens, _)| tokens);
                Event::End {
                    id,
                    number,
                    time: now(),
                    key,
                    tokens: count,
                    reason,
                    sent,
                    response_tokens: ledger.tokens.then(|| marked.to_vec()),
                    gave_up: gave_up.as_ref().map(|(_, why)| (*why).to_owned()),
                    sub_key,
                }
            }
            Kind::Unmarked {
                profile,
                why,
                prompt_tokens,
            } => Event::Unmarked {
                time: now(),
                cohort,
                profile,
                why: why.to_owned(),
                prompt_tokens,
                tokens: count,
                reason,
                sent,
            },
        };
        ledger.write(&event)
    }
}
