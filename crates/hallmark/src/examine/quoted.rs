//! Answers under a tested key that were shown to the suspect: their windows are left out of all its answers.
//!
//! A prompt that shows or quotes a marked answer lets an innocent suspect say what followed a window, in that answer or, from
//! another prompt, in any other: what was shown once is known. So each answer of the provider's log that shares a run of letters with
//! anything that was shown is left out whole, in all answers of the suspect.
//!
//! Which answers these are depends on what the key chose there. So where any are found the examination is made with them and without, and of
//! each test the larger p counts: if something was shown the one without them holds, and if the likeness is chance the other.

use super::plan::Plan;
use crate::error::{Error, Result};
use crate::progress::Step;
use crate::read::Inputs;
use crate::text::shown;
use crate::tokenizers;
use hallmark_core::profile::Profile;
use hallmark_core::windows::{self, WindowHash};
use hallmark_corpus::{Earlier, Piece, Record, TokenRecord, Tokenizer, encode};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Letters and digits in a row that make a quotation.
const QUOTATION: usize = 24;

/// What was found of the provider's log in what the suspect was shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quoted {
    /// The log's files.
    pub logs: Vec<String>,
    /// Answers in it.
    pub answers: u64,
    /// Answers of which something was shown.
    pub quoted: u64,
    /// Distinct windows of these: they are left out of all answers.
    pub windows: u64,
    /// Tokens of the suspect's answers that follow one of them.
    pub left_out: u64,
    /// Answers of which only earlier assistant's turns of the records show something: if the suspect wrote those itself, it was not shown them.
    #[serde(default)]
    pub by_assistant_turns: u64,
}

/// The windows to leave out.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) found: Quoted,
    window: usize,
    windows: HashSet<WindowHash>,
}

/// Reads the suspect's records for what was shown, and the provider's log for whose it is.
pub(super) fn find(
    plan: &Plan,
    profile: &Profile,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Option<Shown>> {
    if plan.provider_logs.is_empty() {
        return Ok(None);
    }
    if plan
        .answers
        .files
        .iter()
        .any(|file| file.as_os_str() == "-")
    {
        return Err(
            Error::usage("answers from stdin cannot be compared with the provider's log")
                .hint("put them into a file: they are read twice"),
        );
    }
    let given = plan.answers.tokenizer.as_deref();
    let tokenizer = tokenizers::of_profile(profile, given)?.ok_or_else(|| {
        Error::usage(
            "the provider's log is compared by letters, and the profile names no tokenizer",
        )
        .hint("make the profile with --tokenizer")
    })?;
    let vocabulary = Some(profile.tokenizer.vocab_size);
    let mut runs = HashSet::new();
    let mut runs_of_others = HashSet::new();
    let turns = RefCell::new(VecDeque::new());
    let mut seen: Option<(Earlier, usize)> = None;
    let records = plan.answers.open(vocabulary)?.inspect(|record| {
        let Ok(record) = record else { return };
        let known = match (&seen, &record.earlier) {
            (Some((last, turns)), Some(earlier)) if last.is_with(earlier) => *turns,
            _ => 0,
        };
        turns.borrow_mut().push_back(assistant_turns(record, known));
        let count = record.turns.as_ref().map_or(0, |turns| turns.len());
        seen = record.earlier.clone().map(|earlier| (earlier, count));
    });
    let mut own: HashSet<u64> = HashSet::new();
    let mut last: Option<Earlier> = None;
    for record in encode(records, Some(&tokenizer)) {
        let record = record?;
        let before = last.take();
        let same_chat = match (&before, &record.earlier) {
            (Some(before), Some(earlier)) => before.is_with(earlier),
            _ => false,
        };
        if !same_chat {
            own.clear();
        }
        // Answers of one chat share its turns: of each, those that the one before it was not shown.
        let turns = turns.borrow_mut().pop_front();
        for turn in turns.into_iter().flatten() {
            own.extend(runs_of(&tokenizer.encode(&turn), &tokenizer));
        }
        let shared = record.earlier.as_ref();
        let shared = shared.map_or_else(Vec::new, |earlier| earlier.since(before.as_ref()));
        let shared = shared.into_iter().map(|piece| match piece {
            Piece::Text(text) | Piece::Both { text, .. } => tokenizer.encode(&text),
            Piece::Tokens(tokens) => tokens,
        });
        for piece in shared.chain(record.exposure) {
            for run in runs_of(&piece, &tokenizer) {
                runs.insert(run);
                if !own.contains(&run) {
                    runs_of_others.insert(run);
                }
            }
        }
        last = record.earlier;
    }
    let mut of = Shown {
        window: profile.window,
        ..Shown::default()
    };
    of.found.logs = plan.provider_logs.iter().map(|path| shown(path)).collect();
    // A record that is skipped, or failed half-way, could be one that was quoted.
    let log = Inputs {
        requests: vec![],
        ..plan.answers.with(&plan.provider_logs)
    };
    for record in encode(log.open_whole(vocabulary)?, Some(&tokenizer)) {
        let record = record?;
        of.found.answers += 1;
        let own: Vec<u64> = runs_of(&record.tokens, &tokenizer).collect();
        if own.iter().any(|run| runs.contains(run)) {
            of.found.quoted += 1;
            let by_others = own.iter().any(|run| runs_of_others.contains(run));
            of.found.by_assistant_turns += u64::from(!by_others);
            windows::each(&record.tokens, of.window, |window| {
                of.windows.insert(window);
            });
        }
        progress(Step {
            what: "reading the provider's log",
            done: of.found.answers,
            all: None,
        });
    }
    of.found.windows = of.windows.len() as u64;
    Ok(Some(of))
}

impl Shown {
    /// Marks what is to be left out of a record as shown.
    pub(super) fn leave_out(&mut self, record: &mut TokenRecord) {
        if self.windows.is_empty() {
            return;
        }
        let reach = u8::try_from(self.window).unwrap_or(u8::MAX);
        record.in_other_form.resize(record.tokens.len(), 0);
        for at in self.window..record.tokens.len() {
            let window = WindowHash::of(&record.tokens[at - self.window..at]);
            if self.windows.contains(&window) {
                self.found.left_out += 1;
                let before = &mut record.in_other_form[at];
                *before = (*before).max(reach);
            }
        }
    }
}

/// The texts of the assistant's turns before a record's answer, but the first so many turns.
fn assistant_turns(record: &Record, known: usize) -> Vec<String> {
    let turns = record.turns.as_deref().unwrap_or_default();
    let turns = turns.iter().skip(known);
    let own = turns.filter(|turn| turn.role == "assistant");
    own.map(|turn| turn.text.clone()).collect()
}

/// Hashes of every run of letters of tokens.
fn runs_of(tokens: &[u32], tokenizer: &Tokenizer) -> impl Iterator<Item = u64> {
    let letters = tokenizer.letters(tokens);
    let count = (letters.len() + 1).saturating_sub(QUOTATION);
    (0..count).map(move |at| {
        let mut hasher = DefaultHasher::new();
        letters[at..at + QUOTATION].hash(&mut hasher);
        hasher.finish()
    })
}
