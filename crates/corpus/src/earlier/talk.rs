//! The strings of a chat, kept once, and what of them is told again beside a place.

use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::exposure::{Said, pieces};
use crate::piece::Piece;
use crate::prepared::prepare_shown;

/// Bytes before a place that are told with what stands there, so that no window is lost between the two.
const CONTEXT: usize = 4 << 10;
/// The most of them, over strings of all names.
const CONTEXT_OF_ALL_NAMES: usize = 4 * CONTEXT;

/// Bytes of strings after which no more is told, in memory.
const PASSED: usize = 16 * CONTEXT_OF_ALL_NAMES;

/// The strings of a chat, field by field and turn by turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Talk {
    pub(super) fields: Vec<Vec<Said>>,
    /// For each number of fields, a digest of the first so many.
    pub(super) digests: Vec<[u8; 32]>,
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
    pub(super) fn is_context(&self, fields: &Range<usize>) -> bool {
        let strings = self.fields[fields.clone()].iter().flatten();
        strings.map(|said| said.text.len()).sum::<usize>() <= CONTEXT
    }

    /// What these fields tell, and what lies over their beginning.
    pub(super) fn pieces(&self, fields: Range<usize>, is_normalised: bool) -> Vec<Piece> {
        let context = self.context(fields.start);
        let own = self.fields[fields].iter().cloned();
        let mut pieces = pieces(None, std::iter::once(context).chain(own).collect());
        prepare_shown(&mut pieces, is_normalised);
        pieces
    }

    /// Bytes that it takes, about.
    pub(crate) fn held(&self) -> u64 {
        self.strings().map(Said::held).sum()
    }

    /// The last strings before a field, cut at their start.
    pub(super) fn context(&self, before: usize) -> Vec<Said> {
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
