//! What several answers of one chat were shown together: its turns, each kept once, and compared once with all answers behind it.

mod compare;
mod talk;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::exposure::Said;
use crate::piece::Piece;
use crate::prepared::{Prepared, prepare_shown};
use crate::tokenizer::{Tokenizer, TokenizerError};

pub(crate) use compare::Asked;
pub(crate) use talk::{Talk, beginning};

/// What stands in a chat before one of several answers: it was shown with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub(crate) talk: Arc<Talk>,
    /// The field of the talk in which the answer stands.
    pub(crate) at: usize,
    /// Whether the fields behind that one count as shown too.
    pub(crate) with_rest: bool,
    /// Whether the text is normalised before it is compared.
    pub(crate) normalise: bool,
}

impl Earlier {
    pub(crate) fn new(talk: &Arc<Talk>, at: usize, with_rest: bool) -> Self {
        Self {
            talk: Arc::clone(talk),
            at,
            with_rest,
            normalise: false,
        }
    }

    /// The last of what was shown, to stand before what else was.
    pub(crate) fn context(&self) -> Vec<Said> {
        self.talk.context(self.at)
    }

    /// Every string that was shown.
    fn shown(&self) -> impl Iterator<Item = &Said> {
        let (before, rest) = self.talk.fields.split_at(self.at);
        let behind = rest.get(1..).filter(|_| self.with_rest).unwrap_or_default();
        before.iter().chain(behind).flatten()
    }

    /// The texts that were shown, each as it stands in the log.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.shown().map(|said| said.text.as_str())
    }

    /// What is done to the strings of the whole chat before they are compared, each counted once.
    pub(crate) fn prepared_alone(&self) -> Prepared {
        let strings = self.talk.strings();
        let mut pieces = strings.map(|said| Piece::Text(said.text.clone())).collect();
        prepare_shown(&mut pieces, self.normalise)
    }

    /// Whether nothing was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts().all(str::is_empty)
    }

    /// Bytes of all of them.
    pub(crate) fn bytes(&self) -> u64 {
        self.texts().map(|text| text.len() as u64).sum()
    }

    /// The name of the first string that holds this text.
    pub(crate) fn name_of(&self, text: &str) -> Option<Arc<str>> {
        let found = self.shown().find(|said| said.text.contains(text));
        found.map(|said| Arc::clone(&said.name))
    }

    /// A digest of what was shown: equal where the same was.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let last = if self.with_rest {
            self.talk.fields.len()
        } else {
            self.at
        };
        let mut hash = Sha256::new();
        hash.update(self.talk.digests[last]);
        hash.update((self.at as u64).to_le_bytes());
        hash.finalize().into()
    }

    /// Whether it is of the same chat.
    #[must_use]
    pub fn is_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.talk, &other.talk)
    }

    /// What was shown with this answer that was not with another one before it in the same chat, as texts: strings, and those of them that
    /// were cut joined. With no other, all.
    #[must_use]
    pub fn since(&self, other: Option<&Self>) -> Vec<String> {
        let fields = &self.talk.fields;
        let from = other
            .filter(|other| other.is_with(self))
            .map_or(0, |other| other.at);
        let to = if self.with_rest {
            fields.len()
        } else {
            self.at
        };
        let pieces = self.talk.pieces(from.min(to)..to, self.normalise);
        let texts = pieces.iter().filter_map(Piece::text);
        texts.map(str::to_owned).collect()
    }

    /// Of answers of this chat, for each token how many tokens before it, 255 at most, stand in what was shown with its answer.
    ///
    /// # Errors
    /// Where the tokenizer fails on what was shown.
    pub(crate) fn reach(
        &self,
        answers: &[Asked<'_>],
        tokenizer: &Tokenizer,
    ) -> Result<Vec<Vec<u8>>, TokenizerError> {
        compare::compare(
            &self.talk,
            answers,
            self.with_rest,
            self.normalise,
            tokenizer,
        )
    }
}
