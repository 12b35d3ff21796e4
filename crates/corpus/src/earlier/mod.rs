//! What several answers of one chat were shown together: its turns, each kept once, and compared once with all answers behind it.

mod compare;

use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::exposure::Said;
use crate::facts::{Prepared, prepare_shown};
use crate::record::Piece;

pub(crate) use compare::{Asked, compare};

/// Bytes before a place that are told with what stands there, so that no window is lost between the two.
const CONTEXT: usize = 4 << 10;
/// The most of them, over strings of all names.
const CONTEXT_OF_ALL_NAMES: usize = 4 * CONTEXT;

/// Bytes of strings after which no more is told, in memory.
const PASSED: usize = 16 * CONTEXT_OF_ALL_NAMES;

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

/// The strings of a chat, field by field and turn by turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Talk {
    fields: Vec<Vec<Said>>,
    /// For each number of fields, a digest of the first so many.
    digests: Vec<[u8; 32]>,
}

impl Talk {
    pub(crate) fn new(fields: Vec<Vec<Said>>) -> Self {
        let mut digests = vec![[0; 32]];
        for field in &fields {
            let mut hash = Sha256::new();
            hash.update(digests.last().expect("there is a first"));
            for said in field {
                for text in [&*said.name, &said.text] {
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text);
                }
            }
            digests.push(hash.finalize().into());
        }
        Self { fields, digests }
    }

    /// Every string.
    pub(crate) fn strings(&self) -> impl Iterator<Item = &Said> {
        self.fields.iter().flatten()
    }

    /// Whether these fields are told whole before each place in them, as its context.
    fn is_context(&self, fields: &Range<usize>) -> bool {
        let strings = self.fields[fields.clone()].iter().flatten();
        strings.map(|said| said.text.len()).sum::<usize>() <= CONTEXT
    }

    /// Bytes that it takes, about.
    pub(crate) fn held(&self) -> u64 {
        self.strings().map(Said::held).sum()
    }

    /// The last strings before a field, cut at their start.
    fn context(&self, before: usize) -> Vec<Said> {
        let strings = self.fields[..before].iter().rev();
        let strings = strings.flat_map(|field| field.iter().rev());
        let mut context = cut(strings, |text, bytes| {
            &text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..]
        });
        context.reverse();
        context
    }
}

/// The first of these strings, cut at their end.
pub(crate) fn beginning<'a>(strings: impl Iterator<Item = &'a Said>) -> Vec<Said> {
    cut(strings, |text, bytes| {
        &text[..text.floor_char_boundary(bytes)]
    })
}

/// The first of these strings, as `part` cuts them down to a number of bytes.
fn cut<'a>(
    strings: impl Iterator<Item = &'a Said>,
    part: impl Fn(&str, usize) -> &str,
) -> Vec<Said> {
    let mut kept: Vec<Said> = vec![];
    let (mut all, mut passed) = (0, 0);
    for said in strings {
        let own = kept.iter().filter(|other| other.name == said.name);
        let own: usize = own.map(|other| other.text.len()).sum();
        let text = part(&said.text, CONTEXT.saturating_sub(own));
        if !text.is_empty() {
            all += text.len();
            kept.push(Said {
                text: text.to_owned(),
                name: Arc::clone(&said.name),
            });
        }
        // With so much of other names between, two are no parts of one passage.
        passed += said.held() as usize;
        if all >= CONTEXT_OF_ALL_NAMES || passed >= PASSED {
            break;
        }
    }
    kept
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
        compare::pieces_between(&self.talk, from.min(to), to, self.normalise)
            .into_iter()
            .filter_map(|piece| piece.text().map(str::to_owned))
            .collect()
    }
}
