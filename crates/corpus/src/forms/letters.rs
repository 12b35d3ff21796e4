//! The letters and digits of a text, and where each of its tokens ends among them.

use super::escapes::undo;
use super::fold::fold;
use super::text::{Char, Text, place, text};

/// The characters of an answer without its escapes, and the places in its bytes at which its tokens end.
pub(crate) struct Undone {
    pub(super) chars: Text,
    pub(super) token_ends: Vec<u32>,
}

impl Undone {
    /// Of tokens, which are given as their bytes.
    pub(crate) fn of<'a>(tokens: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut joined = vec![];
        let mut token_ends = vec![];
        for token in tokens {
            joined.extend_from_slice(token);
            token_ends.push(place(joined.len()));
        }
        let chars = undo(text(&joined));
        Self { chars, token_ends }
    }

    /// The token to which a character of this place belongs.
    pub(super) fn token_at(&self, at: u32) -> usize {
        self.token_ends.partition_point(|&end| end <= at)
    }
}

/// The letters and digits of a text, as UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Letters {
    bytes: Vec<u8>,
    /// For each token, the number of bytes up to its end.
    ends: Vec<usize>,
}

impl Letters {
    /// The letters of tokens, which are given as their bytes.
    pub(crate) fn of_tokens<'a>(tokens: impl Iterator<Item = &'a [u8]>) -> Self {
        Self::of(&Undone::of(tokens))
    }

    pub(super) fn of(answer: &Undone) -> Self {
        let mut letters = Self::default();
        let mut chars = answer.chars.as_slice();
        for &end in &answer.token_ends {
            // A character belongs to the token in which it ends or was begun.
            let own = chars.partition_point(|char| char.at < end);
            push(&chars[..own], &mut letters.bytes);
            chars = &chars[own..];
            letters.ends.push(letters.bytes.len());
        }
        letters
    }

    pub(super) fn all(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of tokens.
    pub(super) fn tokens(&self) -> usize {
        self.ends.len()
    }

    /// The letters of the tokens from one to before another.
    pub(super) fn between(&self, from: usize, to: usize) -> &[u8] {
        let start = |token: usize| token.checked_sub(1).map_or(0, |last| self.ends[last]);
        &self.bytes[start(from)..start(to)]
    }
}

/// The letters of a text, given as its bytes.
pub(crate) fn letters(bytes: &[u8]) -> Vec<u8> {
    let mut letters = vec![];
    push(&undo(text(bytes)), &mut letters);
    letters
}

/// Appends the letters of characters.
pub(super) fn push(chars: &[Char], bytes: &mut Vec<u8>) {
    for char in chars {
        fold(char.c, &mut |c| {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        });
    }
}
