//! One answer in the making, marked or not.

mod choosing;
mod error;

pub use error::RequestError;

use crate::ledger::Entry;
use crate::policy::{Asked, Unmarked};
use crate::randomness::generator;
use hallmark::{Error, Result};
use hallmark_core::cells::TokenId;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::marker::{Marker, MarkerError};
use rand_chacha::ChaCha8Rng;

/// One answer in the making. A dropped one that was not [finished](Self::finish) is written to the ledger as dropped.
pub struct Request {
    state: State,
    vocabulary: usize,
    randomness: ChaCha8Rng,
    of: Of,
    entry: Option<Entry>,
}

/// Whose request it is.
#[derive(Clone, Default)]
pub(crate) struct Of {
    pub(crate) cohort: Option<String>,
    pub(crate) sub_key: Option<u32>,
    /// The key that it began with.
    pub(crate) key: Option<Key>,
}

enum State {
    Marked(Box<Marker>),
    /// Why not, and how many tokens there are.
    Unmarked(Unmarked, usize),
}

impl Request {
    /// A request of a mark by itself, without policies and ledger; `sub_key` is that of a ring, 0 without one.
    ///
    /// # Errors
    /// When the mark is only read here, or has no such sub-key.
    pub fn of_mark(mark: &Mark, vocabulary: u32, sub_key: u32, asked: &Asked<'_>) -> Result<Self> {
        let member = mark.member(sub_key as usize).ok_or_else(|| {
            Error::usage(format_args!(
                "there is no sub-key {sub_key}: the mark has {}, from 0",
                mark.sub_keys()
            ))
        })?;
        let marker = member.marker_with_capacity(asked.prompt, asked.capacity);
        let marker = marker.map_err(Error::usage)?;
        let of = Of {
            cohort: None,
            sub_key: (mark.sub_keys() > 1).then_some(sub_key),
            key: None,
        };
        let marker = if asked.greedy {
            marker.greedy()
        } else {
            marker
        };
        let randomness = generator(asked.seed)?;
        Ok(Self::marked(marker, vocabulary as usize, randomness, of))
    }

    /// A request that this marker marks.
    pub(crate) fn marked(
        marker: Marker,
        vocabulary: usize,
        randomness: ChaCha8Rng,
        of: Of,
    ) -> Self {
        Self {
            state: State::Marked(Box::new(marker)),
            vocabulary,
            randomness,
            of,
            entry: None,
        }
    }

    /// One that is not marked.
    pub(crate) fn unmarked(
        why: Unmarked,
        vocabulary: usize,
        randomness: ChaCha8Rng,
        of: Of,
    ) -> Self {
        Self {
            state: State::Unmarked(why, 0),
            vocabulary,
            randomness,
            of,
            entry: None,
        }
    }

    /// The same with a place in the ledger.
    pub(crate) fn with_entry(mut self, entry: Option<Entry>) -> Self {
        self.entry = entry;
        self
    }

    /// Whether the key takes part in it.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        matches!(self.state, State::Marked(_))
    }

    /// Why it is not marked.
    #[must_use]
    pub fn why_unmarked(&self) -> Option<&Unmarked> {
        match &self.state {
            State::Marked(_) => None,
            State::Unmarked(why, _) => Some(why),
        }
    }

    /// Its id in the ledger.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        self.entry.as_ref().and_then(Entry::id)
    }

    /// Its cohort's label.
    #[must_use]
    pub fn cohort(&self) -> Option<&str> {
        self.of.cohort.as_deref()
    }

    /// Of a ring: which sub-key marks it.
    #[must_use]
    pub fn sub_key(&self) -> Option<u32> {
        self.of.sub_key
    }

    /// The window of the next position, oldest token first, where that position is marked.
    #[must_use]
    pub fn open_window(&self) -> Option<Vec<TokenId>> {
        match &self.state {
            State::Marked(marker) if self.is_open() => marker.next_window(),
            _ => None,
        }
    }

    /// The cohort's key that it began with, of a [`Serving`](crate::Serving): for kernels that make its words on a device.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        self.of.key.as_ref()
    }

    /// Whether the next position is marked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(&self.state, State::Marked(marker) if marker.is_open() && (marker.is_bias() || !marker.is_greedy()))
    }

    /// The tokens accepted so far; of an unmarked request they are only counted.
    #[must_use]
    pub fn tokens(&self) -> &[TokenId] {
        match &self.state {
            State::Marked(marker) => marker.tokens(),
            State::Unmarked(..) => &[],
        }
    }

    /// How many tokens were accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        match &self.state {
            State::Marked(marker) => marker.tokens().len(),
            State::Unmarked(_, count) => *count,
        }
    }

    /// Records the token that the engine emitted, chosen here or not.
    ///
    /// # Errors
    /// When it is too large.
    pub fn accept(&mut self, token: TokenId) -> std::result::Result<(), RequestError> {
        match &mut self.state {
            State::Marked(marker) => marker.accept(token)?,
            State::Unmarked(_, count) => *count += 1,
        }
        Ok(())
    }

    /// Takes back the last `count` tokens.
    ///
    /// # Errors
    /// When fewer were accepted.
    pub fn rollback(&mut self, count: usize) -> std::result::Result<(), RequestError> {
        match &mut self.state {
            State::Marked(marker) => {
                marker.rollback(count)?;
                self.taken_back(count);
            }
            State::Unmarked(_, accepted) => {
                let left = accepted.checked_sub(count).ok_or(MarkerError::Rollback {
                    asked: count,
                    accepted: *accepted,
                })?;
                *accepted = left;
            }
        }
        Ok(())
    }

    /// Makes the accepted tokens the first `start` of those that are there, and behind them `tokens`, whatever was accepted, discarded or
    /// preempted meanwhile. −1 is padding: what stands behind the first is not known yet. What is the same already costs a comparison.
    ///
    /// # Errors
    /// When `start` is beyond what is there, or a token is none; the state is as before.
    pub fn sync(&mut self, tokens: &[i64], start: usize) -> std::result::Result<(), RequestError> {
        let accepted = self.accepted();
        if start > accepted {
            return Err(RequestError::Start { start, accepted });
        }
        let tokens = tokens.iter().copied().take_while(|&token| token != -1);
        let State::Marked(marker) = &mut self.state else {
            self.state_count(start + tokens.count());
            return Ok(());
        };
        let there = &marker.tokens()[start..];
        let mut same = 0;
        for (token, &held) in tokens.clone().zip(there) {
            if token != i64::from(held) {
                break;
            }
            same += 1;
        }
        let most = i64::from(marker.max_token());
        if let Some(token) = tokens
            .clone()
            .skip(same)
            .find(|token| !(0..=most).contains(token))
        {
            return Err(RequestError::Token(token));
        }
        let back = there.len() - same;
        marker.rollback(back)?;
        for token in tokens.skip(same) {
            marker.accept(token as TokenId)?;
        }
        self.taken_back(back);
        Ok(())
    }

    fn state_count(&mut self, tokens: usize) {
        if let State::Unmarked(_, count) = &mut self.state {
            *count = tokens;
        }
    }

    /// Notes for the ledger that sampled tokens were taken back: they are in no record.
    fn taken_back(&mut self, count: usize) {
        if let Some(entry) = &mut self.entry {
            entry.taken_back(count);
        }
    }

    /// Forgets the answer, for another try at the same request. One that is in a ledger counts what it forgets as taken back.
    pub fn reset(&mut self) {
        let count = self.accepted();
        match &mut self.state {
            State::Marked(marker) => marker.reset(),
            State::Unmarked(_, count) => *count = 0,
        }
        self.taken_back(count);
    }

    /// The same answer once more, as for beams, with ordinary randomness of its own. A copy of a request that is in a ledger has no place
    /// there, and is not marked: begin another request instead.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn fork(&self) -> Result<Self> {
        let state = match &self.state {
            State::Marked(marker) if self.entry.is_none() => State::Marked(marker.clone()),
            State::Marked(marker) => {
                let why = "it is a copy, and has no place in the ledger".to_owned();
                State::Unmarked(Unmarked::Failed(why), marker.tokens().len())
            }
            State::Unmarked(why, count) => State::Unmarked(why.clone(), *count),
        };
        Ok(Self {
            state,
            vocabulary: self.vocabulary,
            randomness: generator(None)?,
            of: self.of.clone(),
            entry: None,
        })
    }

    /// Stops marking it, where it must be served and can be marked no more.
    pub fn give_up(&mut self, why: Unmarked) {
        let count = self.accepted();
        if let Some(entry) = &mut self.entry {
            entry.gave_up(self.state.tokens(), &why);
        }
        self.state = State::Unmarked(why, count);
    }

    /// Ends it, and writes it to the ledger: why it ended (`stop`, `length`, `cancelled`, …), and whether the answer was sent.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn finish(mut self, reason: &str, sent: bool) -> Result<()> {
        self.end(reason, sent)
    }

    /// The same for a request that is still held. It is marked no more. Where the ledger cannot be written it has not ended, and this can
    /// be tried again.
    ///
    /// # Errors
    /// As for [`finish`](Self::finish).
    pub fn end(&mut self, reason: &str, sent: bool) -> Result<()> {
        let count = self.accepted();
        if let Some(entry) = &self.entry {
            entry.end(self.state.tokens(), count, reason, sent)?;
            self.entry = None;
            if self.is_marked() {
                self.state = State::Unmarked(Unmarked::Failed("it has ended".to_owned()), count);
            }
        }
        Ok(())
    }
}

impl State {
    fn tokens(&self) -> &[TokenId] {
        match self {
            Self::Marked(marker) => marker.tokens(),
            Self::Unmarked(..) => &[],
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        // Nobody is there to hear of it; what is not in the ledger shows as a request that did not end.
        let _ = self.end("dropped", false);
    }
}
