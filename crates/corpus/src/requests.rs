//! What was asked, where answers stand in one file and their requests in another, as batch services give them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::Reason;
use crate::exposure::Said;

/// The requests of one or more files, by the id that their answers have too. All of them are held in memory.
///
/// A request is a JSON object with an `id`, at the place where the answers have theirs. Whatever strings it has beside that were shown, and the
/// tokens at the place of `prompt_tokens`. Each answer takes the request of its id, and no two answers take one.
#[derive(Default)]
pub struct Requests {
    by_id: HashMap<String, Asked>,
}

/// What one request showed.
pub(crate) struct Asked {
    /// Its strings, field by field.
    pub(crate) strings: Vec<Vec<Said>>,
    pub(crate) prompt_tokens: Option<Vec<u32>>,
    /// Whether it says everything that was shown.
    pub(crate) is_whole: bool,
    state: AtomicU8,
}

/// Nothing came of a request so far.
const OPEN: u8 = 0;
/// It failed, and may be asked again.
const FAILED: u8 = 1;
/// It was answered.
const ANSWERED: u8 = 2;

impl Asked {
    /// A request that nobody has answered yet.
    pub(crate) fn new(
        strings: Vec<Vec<Said>>,
        prompt_tokens: Option<Vec<u32>>,
        is_whole: bool,
    ) -> Self {
        Self {
            strings,
            prompt_tokens,
            is_whole,
            state: AtomicU8::new(OPEN),
        }
    }
}

impl Requests {
    /// Adds a request; no where its id is another's.
    pub(crate) fn insert(&mut self, id: String, asked: Asked) -> Result<(), Reason> {
        match self.by_id.entry(id) {
            Entry::Vacant(place) => {
                place.insert(asked);
                Ok(())
            }
            Entry::Occupied(other) => Err(Reason::RequestedTwice {
                id: other.key().clone(),
            }),
        }
    }

    /// The request that an answer is to.
    pub(crate) fn of(&self, id: &str) -> Result<&Asked, Reason> {
        let asked = self
            .by_id
            .get(id)
            .ok_or_else(|| Reason::NoRequest { id: id.to_owned() })?;
        match asked.state.load(Ordering::Relaxed) {
            ANSWERED => Err(Reason::AnsweredTwice { id: id.to_owned() }),
            _ => Ok(asked),
        }
    }

    /// Notes that a request was answered by a good record.
    pub(crate) fn is_answered(&self, id: &str) {
        if let Some(asked) = self.by_id.get(id) {
            asked.state.store(ANSWERED, Ordering::Relaxed);
        }
    }

    /// Notes that a request failed, where nothing else came of it.
    pub(crate) fn has_failed(&self, id: &str) {
        if let Some(asked) = self.by_id.get(id) {
            asked.state.fetch_max(FAILED, Ordering::Relaxed);
        }
    }

    /// Requests of which nothing came so far: no answer and no failure.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        let is_open = |asked: &&Asked| asked.state.load(Ordering::Relaxed) == OPEN;
        self.by_id.values().filter(is_open).count() as u64
    }
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests")
            .field("requests", &self.by_id.len())
            .finish_non_exhaustive()
    }
}
