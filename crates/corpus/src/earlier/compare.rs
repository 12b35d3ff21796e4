//! Which tokens of a chat's answers stand in the turns before them, in whatever form.
//!
//! An answer's turns before it are the first so many of the chat, so each turn is shown with all answers behind it. The chat is halved,
//! and what its first half tells is compared with all answers of the second at once; then each half by itself in the same way. Every turn is
//! so compared with every answer behind it, in time that grows with the chat, times the logarithm of its turns.

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
    /// The field in which it stands.
    pub(crate) at: usize,
    pub(crate) tokens: &'a [u32],
}

/// Tokens of all answers that are compared at once: it takes some 140 bytes for each.
const AT_ONCE: usize = 1 << 20;

/// Fields, and the answers with which all of them were shown.
struct Task {
    shown: Range<usize>,
    answers: Vec<usize>,
}

/// For each token of each answer, how many tokens before it, 255 at most, stand in the fields of the chat before the answer's own, or where the
/// rest counts too in any but that: as they are, or by their letters.
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
    let mut tasks = vec![];
    let all = (0..answers.len()).collect();
    halve(
        talk,
        0..talk.fields.len(),
        all,
        answers,
        with_rest,
        &mut tasks,
    );
    let compared = tasks.into_par_iter().map(|task| {
        let tokens: Vec<&[u32]> = task
            .answers
            .iter()
            .map(|&own| answers[own].tokens)
            .collect();
        let pieces = talk.pieces(task.shown, is_normalised);
        Ok((compare_all(&pieces, &tokens, tokenizer)?, task.answers))
    });
    let compared: Vec<(Vec<Vec<u8>>, Vec<usize>)> = compared.collect::<Result<_, _>>()?;
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

/// Every field with every answer behind it, each pair in one task, but where the field is context of the answer.
fn halve(
    talk: &Talk,
    fields: Range<usize>,
    own: Vec<usize>,
    answers: &[Asked<'_>],
    with_rest: bool,
    tasks: &mut Vec<Task>,
) {
    let is_told = !with_rest && talk.is_context(&fields);
    if fields.len() < 2 || own.is_empty() || is_told {
        return;
    }
    let middle = fields.start + fields.len() / 2;
    let (first, second): (Vec<usize>, Vec<usize>) =
        own.into_iter().partition(|&own| answers[own].at < middle);
    let mut add = |shown, own: &[usize]| {
        if !own.is_empty() {
            let answers = own.to_vec();
            tasks.push(Task { shown, answers });
        }
    };
    add(fields.start..middle, &second);
    if with_rest {
        add(middle..fields.end, &first);
    }
    halve(talk, fields.start..middle, first, answers, with_rest, tasks);
    halve(talk, middle..fields.end, second, answers, with_rest, tasks);
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
        for text in pieces.iter().filter_map(Piece::text) {
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
