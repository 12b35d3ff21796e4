//! A request's place in the ledger.

use super::event::{Begun, Event, now};
use super::file::Ledger;
use crate::policy::Unmarked;
use hallmark::{Error, Result};
use std::sync::Arc;

/// A request's place in the ledger, until it ends.
pub struct Entry {
    ledger: Arc<Ledger>,
    cohort: Option<String>,
    kind: Kind,
    /// What was marked, and why no more.
    gave_up: Option<(Vec<u32>, &'static str)>,
    /// How many sampled tokens were taken back.
    taken_back: usize,
}

enum Kind {
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

impl Ledger {
    /// Numbers a marked request, and writes that it began.
    ///
    /// # Errors
    /// When that cannot be written, or its number was given before.
    pub fn begin(self: &Arc<Self>, begun: &Begun<'_>) -> Result<Entry> {
        let key = begun.key.clone().unwrap_or_default();
        let cohort = begun.cohort.unwrap_or_default().to_owned();
        if !self.is_ours() {
            return Err(
                Error::usage("the ledger was opened by this process's parent")
                    .at(self.path.display())
                    .hint("load the serving file after the fork, in the process that samples"),
            );
        }
        // Numbered and written under one lock, so that lines stand in the order of numbers.
        self.with(|open| {
            let used = open.used.entry(key.clone()).or_default();
            let number = used.next(begun.number).map_err(|why| {
                Error::usage(why)
                    .at(self.path.display())
                    .hint("the gateway gives each request of a key a number of its own")
            })?;
            let id = format!("{cohort}-{number}");
            let event = Event::Begin {
                id: id.clone(),
                number,
                time: now(),
                cohort: cohort.clone(),
                key: key.clone(),
                profile: begun.profile.to_owned(),
                sub_key: begun.sub_key,
                prompt_tokens: begun.prompt_tokens,
                answer: begun.answer,
            };
            self.append(open, &event)?;
            open.used.entry(key.clone()).or_default().insert(number);
            Ok(Entry::new(
                Arc::clone(self),
                begun.cohort,
                Kind::Marked {
                    id,
                    number,
                    key: key.clone(),
                    sub_key: begun.sub_key,
                },
            ))
        })
    }

    /// Notes a request that is not marked.
    #[must_use]
    pub fn unmarked(self: &Arc<Self>, begun: &Begun<'_>, why: &Unmarked) -> Entry {
        let kind = Kind::Unmarked {
            profile: begun.profile.to_owned(),
            why: why.word(),
            prompt_tokens: begun.prompt_tokens,
        };
        Entry::new(Arc::clone(self), begun.cohort, kind)
    }
}

impl Entry {
    fn new(ledger: Arc<Ledger>, cohort: Option<&str>, kind: Kind) -> Self {
        Self {
            ledger,
            cohort: cohort.map(str::to_owned),
            kind,
            gave_up: None,
            taken_back: 0,
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

    /// Notes that sampled tokens were taken back.
    pub fn taken_back(&mut self, count: usize) {
        self.taken_back += count;
    }

    /// Writes that it ended, with `count` tokens in all, of which `tokens` are those of a marked request.
    ///
    /// # Errors
    /// When that cannot be written; it has then not ended.
    pub fn end(&self, tokens: &[u32], count: usize, reason: &str, sent: bool) -> Result<()> {
        // A child that was forked has its parent's requests, and does not end them.
        if !self.ledger.is_ours() {
            return Ok(());
        }
        let reason = reason.to_owned();
        let event = match &self.kind {
            Kind::Marked {
                id,
                number,
                key,
                sub_key,
            } => {
                let gave_up = self.gave_up.as_ref();
                let marked = gave_up.map_or(tokens, |(tokens, _)| tokens);
                Event::End {
                    id: id.clone(),
                    number: *number,
                    time: now(),
                    key: key.clone(),
                    tokens: count,
                    reason,
                    sent,
                    response_tokens: self.ledger.tokens.then(|| marked.to_vec()),
                    gave_up: gave_up.map(|(_, why)| (*why).to_owned()),
                    taken_back: self.taken_back,
                    sub_key: *sub_key,
                }
            }
            Kind::Unmarked {
                profile,
                why,
                prompt_tokens,
            } => Event::Unmarked {
                time: now(),
                cohort: self.cohort.clone(),
                profile: profile.clone(),
                why: (*why).to_owned(),
                prompt_tokens: *prompt_tokens,
                tokens: count,
                reason,
                sent,
            },
        };
        self.ledger.write(&event)
    }
}
