//! What several answers of one chat were shown together: its turns, each kept once, and compared once with all answers behind it.

mod compare;
mod talk;

use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use self::talk::{CONTEXT, cut, head, prepared, tail};
use crate::exposure::Said;
use crate::piece::Piece;
use crate::prepared::{Prepared, prepare_shown};
use crate::tokenizer::{Tokenizer, TokenizerError};

pub(crate) use compare::Asked;
pub(crate) use talk::{Beside, Talk};

/// What was shown with one of several answers of a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    talk: Arc<Talk>,
    /// The unit of the chat that is the answer.
    pub(crate) at: usize,
    /// Whether the turns behind its own count as shown too.
    with_rest: bool,
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

    fn group(&self) -> usize {
        self.talk.units[self.at].group
    }

    /// Every string that was shown.
    fn shown(&self) -> impl Iterator<Item = &Said> {
        let group = self.group();
        let units = self.talk.units.iter().enumerate();
        let units = units
            .filter(move |(at, unit)| *at != self.at && (self.with_rest || unit.group <= group));
        units
            .flat_map(|(_, unit)| &unit.strings)
            .map(|(_, said)| said)
    }

    /// The texts that were shown, each as it stands in the log.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.shown().map(|said| said.text.as_str())
    }

    /// Tokens that were shown with every answer of the chat.
    pub(crate) fn tokens(&self) -> &[Vec<u32>] {
        &self.talk.tokens
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
        self.shown().next().is_none() && self.talk.tokens.iter().all(Vec::is_empty)
    }

    /// Bytes of all of it.
    pub(crate) fn bytes(&self) -> u64 {
        let texts = self.texts().map(|text| text.len() as u64);
        let tokens = self.talk.tokens.iter().map(|piece| 4 * piece.len() as u64);
        texts.sum::<u64>() + tokens.sum::<u64>()
    }

    /// The name of the first string that holds this text.
    pub(crate) fn name_of(&self, text: &str) -> Option<Arc<str>> {
        let found = self.shown().find(|said| said.text.contains(text));
        found.map(|said| Arc::clone(&said.name))
    }

    /// A digest of what was shown: equal where the same was.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let group = self.group();
        let mut hash = Sha256::new();
        hash.update(self.talk.digests[group]);
        if self.with_rest {
            hash.update(self.talk.digests[self.talk.groups.len()]);
        }
        for (_, place, said) in self.talk.in_order(group, |unit| unit != self.at) {
            hash.update((place as u64).to_le_bytes());
            hash.update((said.text.len() as u64).to_le_bytes());
            hash.update(&said.text);
        }
        hash.finalize().into()
    }

    /// Whether it is of the same chat.
    #[must_use]
    pub fn is_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.talk, &other.talk)
    }

    /// What stands next to the answer, before it and behind it, of what was shown: all that [`reach`](Self::reach) does not compare.
    ///
    /// What lies behind is told twice as far: an answer that is told before a boundary between two halves of the chat has what lies over that here.
    pub(crate) fn near(&self) -> Vec<Piece> {
        let (talk, group) = (&self.talk, self.group());
        let own = talk.in_order(group, |_| true);
        let first = own.iter().position(|(unit, ..)| *unit == self.at);
        let (before, behind) = own.split_at(first.unwrap_or(own.len()));
        let others = |strings: &[(usize, usize, &'_ Said)]| -> Vec<Said> {
            let others = strings.iter().filter(|(unit, ..)| *unit != self.at);
            others.map(|(_, _, said)| (*said).clone()).collect()
        };
        let (mut before, behind) = (others(before), others(behind));
        before.reverse();
        let (mut far, _) = talk.context(talk.groups[group].units.start);
        far.reverse();
        let mut context = cut(before.iter().chain(&far), CONTEXT, tail);
        context.reverse();
        let rest = talk.groups[group + 1..].iter().enumerate();
        let rest = rest.filter(|(_, other)| self.with_rest || other.is_system);
        let rest = rest.flat_map(|(at, _)| talk.in_order(group + 1 + at, |_| true));
        let rest = rest.map(|(_, _, said)| said);
        let behind = cut(
            behind.iter().chain(rest).chain(&talk.behind),
            2 * CONTEXT,
            head,
        );
        prepared(vec![context, behind], self.normalise)
    }

    /// What was shown with this answer that was not with another one before it in the same chat. With no other, all.
    #[must_use]
    pub fn since(&self, other: Option<&Self>) -> Vec<Piece> {
        let talk = &self.talk;
        let of = |units: Range<usize>| {
            let (context, _) = talk.context(units.start);
            talk.pieces(units, context, self.normalise)
        };
        // What stands before these may be the answer itself; what lies over that is next to it.
        let behind = |end: usize| talk.pieces(self.at + 1..end, vec![], self.normalise);
        let own = &talk.groups[self.group()].units;
        match other.filter(|other| other.is_with(self)) {
            None => {
                let tokens = talk.tokens.iter().cloned().map(Piece::Tokens);
                let end = if self.with_rest {
                    talk.units.len()
                } else {
                    own.end
                };
                tokens.chain(of(0..self.at)).chain(behind(end)).collect()
            }
            // With the first answer all was shown but that itself.
            Some(other) if self.with_rest => of(other.at..other.at + 1),
            Some(other) => {
                let new = of(talk.groups[other.group()].units.start..self.at);
                new.into_iter().chain(behind(own.end)).collect()
            }
        }
    }

    /// Of answers of this chat, for each token how many tokens before it, 255 at most, stand in what was shown with its answer and not next to it.
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
