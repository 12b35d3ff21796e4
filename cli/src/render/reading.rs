//! How the inputs were read.

use super::skipped::skipped_text;
use hallmark::examine::UsedLogprobs;
use hallmark::read::Reading;
use hallmark_corpus::normalise::Change;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Lines that say which layouts there were, and what was done to the text, or could be.
pub(super) fn reading_text(reading: &Reading) -> String {
    let mut text = String::new();
    if !reading.layouts.is_empty() {
        let layouts = reading.layouts.iter();
        let layouts: Vec<String> = layouts
            .map(|(layout, count)| format!("{layout} ({count})"))
            .collect();
        let _ = writeln!(text, "Layout: {}", layouts.join(", "));
    }
    let characters: u64 = reading.dressed.values().sum();
    match reading.normalised {
        true => {
            let shown: u64 = reading.dressed_shown.values().sum();
            let _ = writeln!(
                text,
                "Normalised: {characters} characters in {} answers{}, {shown} in what was shown",
                reading.dressed_answers,
                kinds(&reading.dressed)
            );
        }
        false if characters > 0 => {
            let _ = writeln!(
                text,
                "Note: {} answers hold {characters} characters that programs put into text for looks{}; --normalise undoes them, if you decide so before you see a score",
                reading.dressed_answers,
                kinds(&reading.dressed)
            );
        }
        false => {}
    }
    let notes = [
        (
            reading.payloads,
            format!(
                "in {} records a wrapper of {} invisible or private code points, which are no text, was left out",
                reading.payloads, reading.payload_characters
            ),
        ),
        (
            reading.half_characters,
            format!(
                "in {} records half characters (lone surrogates, or bytes that are no UTF-8) were read as U+FFFD",
                reading.half_characters
            ),
        ),
        (
            reading.cut_otherwise,
            format!(
                "in {} of {} answers the record's own tokens differ from those of its text, which counts; --ids takes the record's",
                reading.cut_otherwise, reading.with_ids
            ),
        ),
        (
            u64::from(reading.by_ids),
            "records' own token ids count: they are evidence only if they are what the model sampled"
                .to_owned(),
        ),
        (
            reading.earlier_turns,
            format!(
                "{} earlier turns of the assistant count as shown; --turns all reads them as answers too",
                reading.earlier_turns
            ),
        ),
    ];
    for (field, count) in &reading.repeated_in {
        let _ = writeln!(
            text,
            "Note: in {count} records `{field}` holds the whole answer, so that nothing of it is scored; drop that field if it is no prompt"
        );
    }
    for (count, note) in notes {
        if count > 0 {
            let _ = writeln!(text, "Note: {note}");
        }
    }
    text
}

/// Lines on log-probabilities that could not be used.
pub(super) fn logprobs_text(used: &UsedLogprobs) -> String {
    let mut text = String::new();
    if used.without > 0 {
        let _ = writeln!(
            text,
            "Log-probabilities: {} answers have none (a refusal has none)",
            used.without
        );
    }
    if used.unspelled > 0 {
        let why = match used.are_ids {
            true => {
                "their tokens' strings are ids of the suspect's tokenizer; --ids reads them as the marking model's, if it is the same tokenizer"
            }
            false => "their tokens' strings do not spell their text",
        };
        let _ = writeln!(
            text,
            "Log-probabilities: of {} answers T9 could use none of {} positions: {why}",
            used.unspelled, used.unread
        );
    }
    for line in skipped_text(&used.skipped).lines() {
        let _ = writeln!(text, "Log-probabilities: {line}");
    }
    text
}

/// Kinds of characters in words, in brackets.
fn kinds(counts: &BTreeMap<String, u64>) -> String {
    let kinds = Change::ALL.into_iter();
    let kinds: Vec<String> = kinds
        .filter_map(|kind| Some(format!("{} {}", counts.get(kind.name())?, kind.describe())))
        .collect();
    match kinds.is_empty() {
        true => String::new(),
        false => format!(" ({})", kinds.join(", ")),
    }
}
