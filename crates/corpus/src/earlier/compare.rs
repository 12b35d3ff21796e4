//! Which tokens of a chat's answers stand in the turns before them, in whatever form.
//!
//! An answer's turns before it are the first so many of the chat, so each turn is shown with all answers behind it. The chat is halved,
//! and what its first half tells is compared with all answers of the second at once; then each half by itself in the same way. Every turn is
//! so compared with every answer behind it, in time that grows with the chat, times the logarithm of its turns. Within one turn, and where the
//! order of turns is in doubt, what the second half tells is compared with the answers of the first too.

use std::ops::Range;

use rayon::prelude::*;

use super::talk::Talk;
use crate::forms::{Shown, Undone};
use crate::piece::Piece;
use crate::standing::Tokens;
use crate::starts;
use crate::tokenizer::{Tokenizer, TokenizerError};

/// An answer of a chat.
pub(crate) struct Asked<'a> {
    /// The unit that it is.
    pub(crate) at: usize,
    pub(crate) tokens: &'a [u32],
}

/// Tokens of all answers that are compared at once: it takes some 140 bytes for each.
const AT_ONCE: usize = 1 << 20;

/// Units, and the answers with which all of them were shown.
struct Task {
    shown: Range<usize>,
    /// Whether what stands before the units is told with them.
    with_context: bool,
    answers: Vec<usize>,
}

/// For each token of each answer, how many tokens before it, 255 at most, stand in what was shown with it: as they are, or by their letters. What stands
/// next to an answer is not compared ([`Earlier::near`](super::Earlier::near)).
///
/// # Errors
/// Where the tokenizer fails on what was shown.
pub(super) fn compare(
    talk: &Talk,
    answers: &[Asked<'_>],
    with_rest: bool,
    is_normalised: bool,
    tokenizer: &Tokenizer,
) -> Result<Vec<Vec<u8>>, TokenizerError> {
    let mut halving = Halving {
        talk,
        answers,
        with_rest,
        tasks: vec![],
    };
    halving.halve(0..talk.units.len(), (0..answers.len()).collect());
    let compared = halving.tasks.into_par_iter().map(|task| {
        let tokens: Vec<&[u32]> = task
            .answers
            .iter()
            .map(|&own| answers[own].tokens)
            .collect();
        let context = match task.with_context {
            true => talk.context(task.shown.start).0,
            false => vec![],
        };
        let pieces = talk.pieces(task.shown, context, is_normalised);
        Ok((compare_all(&pieces, &tokens, tokenizer)?, task.answers))
    });
    let mut compared: Vec<(Vec<Vec<u8>>, Vec<usize>)> = compared.collect::<Result<_, _>>()?;
    if !talk.tokens.is_empty() {
        let pieces: Vec<Piece> = talk.tokens.iter().cloned().map(Piece::Tokens).collect();
        let tokens: Vec<&[u32]> = answers.iter().map(|own| own.tokens).collect();
        let all = (0..answers.len()).collect();
        compared.push((compare_all(&pieces, &tokens, tokenizer)?, all));
    }
    let mut reach: Vec<Vec<u8>> = answers
        .iter()
        .map(|own| vec![0; own.tokens.len()])
        .collect();
    for (of_each, numbers) in compared {
        for (of_one, number) in of_each.iter().zip(numbers) {
            for (most, &own) in reach[number].iter_mut().zip(of_one) {
                *most = (*most).max(own);
            }
        }
    }
    Ok(reach)
}

/// A chat while it is halved.
struct Halving<'a> {
    talk: &'a Talk,
    answers: &'a [Asked<'a>],
    with_rest: bool,
    tasks: Vec<Task>,
}

impl Halving<'_> {
    /// Every unit with every answer that it was shown with, each pair in one task, but where the unit is told whole next to the answer.
    fn halve(&mut self, units: Range<usize>, own: Vec<usize>) {
        if units.len() < 2 || own.is_empty() || self.talk.is_context(&units) {
            return;
        }
        let (middle, is_one_turn) = self.middle(&units);
        let (first, second): (Vec<usize>, Vec<usize>) = own
            .into_iter()
            .partition(|&own| self.answers[own].at < middle);
        self.add(units.start..middle, true, &second);
        if self.with_rest || is_one_turn {
            // What stands before the second half may be an answer of the first itself: that has what lies over the middle next to it.
            let (_, reached) = self.talk.context(middle);
            let (far, near): (Vec<usize>, Vec<usize>) = first
                .iter()
                .partition(|&&own| self.answers[own].at < reached);
            self.add(middle..units.end, true, &far);
            self.add(middle..units.end, false, &near);
        }
        self.halve(units.start..middle, first);
        self.halve(middle..units.end, second);
    }

    /// Where units are parted: between two turns where there are two, and whether there is one.
    fn middle(&self, units: &Range<usize>) -> (usize, bool) {
        let group = |unit: usize| self.talk.units[unit].group;
        let middle = units.start + units.len() / 2;
        if group(units.start) == group(units.end - 1) {
            return (middle, true);
        }
        let own = &self.talk.groups[group(middle)].units;
        let middle = match own.start > units.start {
            true => own.start,
            false => own.end,
        };
        (middle, false)
    }

    fn add(&mut self, shown: Range<usize>, with_context: bool, answers: &[usize]) {
        if !answers.is_empty() {
            self.tasks.push(Task {
                shown,
                with_context,
                answers: answers.to_vec(),
            });
        }
    }
}

/// The same of pieces that all of these answers were shown.
fn compare_all(
    pieces: &[Piece],
    answers: &[&[u32]],
    tokenizer: &Tokenizer,
) -> Result<Vec<Vec<u8>>, TokenizerError> {
    let undone = answers
        .iter()
        .map(|tokens| Undone::of(tokens.iter().map(|&token| tokenizer.bytes(token))));
    let undone: Vec<Undone> = undone.collect();
    let mut reach = Shown::of(pieces, tokenizer).reach_of_all(&undone);
    drop(undone);
    let mut from = 0;
    while from < answers.len() {
        let mut tokens = answers[from].len();
        let more = answers[from + 1..].iter().take_while(|own| {
            tokens += own.len();
            tokens <= AT_ONCE
        });
        let to = from + 1 + more.count();
        let mut own = Tokens::of(&answers[from..to]);
        for piece in pieces {
            if let Piece::Tokens(tokens) | Piece::Both { tokens, .. } = piece {
                own.read(tokens);
            }
            let Some(text) = piece.text() else { continue };
            let starts = starts::tokens(text, tokenizer)?;
            let (first, others) = starts.split_first().expect("a text has a start");
            own.read(first);
            // Another start differs at its beginning: behind that the same passages stand again.
            for other in others {
                let ends = first.iter().rev().zip(other.iter().rev());
                let same = ends.take_while(|(one, other)| one == other).count();
                let new = other.len() - same + usize::from(u8::MAX);
                own.read(&other[..new.min(other.len())]);
            }
        }
        for (reach, stands) in reach[from..to].iter_mut().zip(own.ends()) {
            reach.resize(stands.len() - 1, 0);
            for (most, stands) in reach.iter_mut().zip(stands) {
                *most = (*most).max(u8::try_from(stands).unwrap_or(u8::MAX));
            }
        }
        from = to;
    }
    Ok(reach)
}
