//! How the inputs were read.

use crate::read::Reading;
use hallmark_corpus::normalise::Change;
use std::collections::BTreeMap;

/// Lines that say which layouts there were, and what was done to the text, or could be.
#[must_use]
pub fn reading(reading: &Reading) -> Vec<String> {
    let mut lines = vec![];
    if !reading.layouts.is_empty() {
        let layouts = reading.layouts.iter();
        let layouts: Vec<String> = layouts
            .map(|(layout, count)| format!("{layout} ({count})"))
            .collect();
        lines.push(format!("Layout: {}", layouts.join(", ")));
    }
    let characters = all(&reading.dressed);
    match reading.normalised {
        true => {
            let shown = all(&reading.dressed_shown);
            lines.push(format!(
                "Normalised: {characters} characters in {} answers{}, {shown} in what was shown",
                reading.dressed_answers,
                kinds(&reading.dressed)
            ));
        }
        false if characters > 0 => {
            lines.push(format!(
                "Note: {} answers hold {characters} characters that programs put into text for looks{}; --normalise undoes them, if you decide so before you see a score",
                reading.dressed_answers,
                kinds(&reading.dressed)
            ));
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
    if reading.any_order > 0 {
        lines.push(format!(
            "Note: {} answers stand in chats whose turns may be out of order (their times contradict it, or an answer comes first and a question last): every other turn counts as shown for each, which leaves less to score",
            reading.any_order
        ));
    }
    for (field, count) in &reading.repeated_in {
        lines.push(format!(
            "Note: in {count} records `{field}` holds the whole answer, so that nothing of it is scored; drop that field if it is no prompt"
        ));
    }
    let notes = notes.into_iter().filter(|(count, _)| *count > 0);
    lines.extend(notes.map(|(_, note)| format!("Note: {note}")));
    lines
}

/// All together, whatever a result that was written elsewhere holds.
fn all(counts: &BTreeMap<String, u64>) -> u64 {
    counts
        .values()
        .fold(0, |sum, count| sum.saturating_add(*count))
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
