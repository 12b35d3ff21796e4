//! One answer of a suspect, with everything it was shown.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::earlier::Earlier;
use crate::fields::Field;
use crate::layouts::Layout;
use crate::piece::Piece;

/// One document or answer, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it stood.
    pub source: Source,
    /// The record's own `id`, where it has one; numbers are kept as they were written.
    pub id: Option<String>,
    /// The `group` the record belongs to, where it has one.
    pub group: Option<String>,
    /// The number of the sub-key that marked it, where the record says so.
    pub sub_key: Option<u32>,
    /// What the suspect was, or may have been, shown when it answered: the prompt, every other string of the record but
    /// its answer, `id` and `group`, and joins of these. No piece stands twice, and there is no empty one but the prompt.
    pub exposure: Vec<Piece>,
    /// Where several turns of a chat are answers: what was shown with this one, which they share; `exposure` is empty then.
    pub earlier: Option<Earlier>,
    /// Whether the record says what was shown: it has a prompt or messages. Where it does not, the strings in
    /// `exposure` are left out all the same, but there may have been more.
    pub exposure_known: bool,
    /// In a chat log, the turns before the answer, so that the same can be asked again; `None` in other layouts. Their
    /// strings are in `exposure`, or in `earlier`, too.
    pub turns: Option<Turns>,
    /// The answer itself.
    pub body: Piece,
    /// How it was read.
    pub origin: Origin,
}

impl Record {
    /// The texts that were shown.
    pub fn shown(&self) -> impl Iterator<Item = &str> {
        let own = self.exposure.iter().filter_map(Piece::text);
        own.chain(self.earlier.iter().flat_map(Earlier::texts))
    }
}

/// How a record was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The layout that it had.
    pub layout: Layout,
    /// The assistant's earlier turns with text, which count as shown and not as answers.
    pub earlier_turns: u32,
    /// Whether the turns of its chat may not stand in the order in which they were said, so that each counts as shown for every other.
    pub any_order: bool,
    /// Whether half characters were read as U+FFFD.
    pub has_halves: bool,
    /// The field that holds the whole answer again, so that nothing of it is evidence.
    pub repeated_in: Option<Arc<str>>,
    /// Mapped fields that the record does not have.
    pub(crate) nowhere: Option<Nowhere>,
}

/// Mapped fields that a record does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nowhere {
    pub(crate) fields: Vec<Field>,
    /// The fields that it has, in words.
    pub(crate) found: Arc<str>,
}

/// A turn of a chat before the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// `system`, `user`, `assistant` or another.
    pub role: String,
    /// The text of its `content`, parts of it joined.
    pub text: String,
    /// Whether the text is all there was. If not, the turn also held strings of another kind (tool calls, names).
    pub text_only: bool,
}

/// Turns before an answer: the first so many of a chat, which its answers share.
#[derive(Clone, Debug)]
pub struct Turns {
    all: Arc<[Turn]>,
    count: usize,
}

impl Turns {
    /// The first turns of a chat.
    pub(crate) fn first(count: usize, all: &Arc<[Turn]>) -> Self {
        Self {
            all: Arc::clone(all),
            count,
        }
    }
}

impl Deref for Turns {
    type Target = [Turn];

    fn deref(&self) -> &[Turn] {
        &self.all[..self.count]
    }
}

impl PartialEq for Turns {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Turns {}

/// A place in an input: displayed as `file:line`, and as `file:line#2` where it is the second of several answers of one record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// The file as it was named by the caller; `-` is standard input.
    pub file: Arc<str>,
    /// The line on which the record starts, from 1; in Parquet the row, from 1.
    pub line: u64,
    /// Which of several answers of the record it is, from 1; 0 where it has one.
    pub answer: u32,
}

impl Source {
    /// A record of one answer.
    #[must_use]
    pub fn new(file: Arc<str>, line: u64) -> Self {
        Self {
            file,
            line,
            answer: 0,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        match self.answer {
            0 => Ok(()),
            answer => write!(f, "#{answer}"),
        }
    }
}
