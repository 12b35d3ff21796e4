//! What was read and what was left out.

use super::count;
use crate::page::Text;
use hallmark::read::Skipped;
use hallmark_detector::finding::Counts;

/// Answers or documents, tokens and cells, as facts.
pub(crate) fn counts(read: &str, counts: &Counts) -> Vec<(Text, Text)> {
    let mut facts = vec![
        (read, count(counts.answers)),
        ("Tokens in them", count(counts.tokens)),
        (
            "Cells left out because their window had been shown",
            match counts.exposed_in_other_form {
                0 => count(counts.exposed),
                other => format!(
                    "{}, {} of them shown in another form",
                    count(counts.exposed),
                    count(other)
                ),
            },
        ),
        ("Cells left after that", count(counts.fresh)),
        ("Distinct cells scored", count(counts.scored)),
    ];
    if counts.exposure_unknown > 0 {
        facts.push((
            "Answers of which it is not known what had been shown",
            count(counts.exposure_unknown),
        ));
    }
    if counts.expected_drops >= 0.5 {
        facts.push((
            "New cells dropped to save memory, about",
            super::decimals(counts.expected_drops, 0),
        ));
    }
    let text = |(name, value): (&str, String)| (Text::words(name), Text::words(value));
    facts.into_iter().map(text).collect()
}

/// Records that were not read as answers; nothing where there were none.
pub(crate) fn skipped(skipped: &Skipped) -> Vec<Text> {
    let none = vec![];
    let kinds = [
        (skipped.records, "bad records were skipped", &skipped.first),
        (
            skipped.failed,
            "requests failed and have no answer",
            &skipped.first_failed,
        ),
        (
            skipped.unanswered,
            "requests that were given have no record",
            &none,
        ),
    ];
    let there = kinds.into_iter().filter(|(number, ..)| *number > 0);
    let causes = skipped.causes.iter().map(|(cause, number)| {
        Text::words(format!("{} × ", count(*number)))
            .and_given(cause)
            .and(".")
    });
    there
        .map(|(number, what, first)| {
            let mut text = Text::words(format!("{} {what}", count(number)));
            for (at, reason) in first.iter().take(5).enumerate() {
                text = text
                    .and(if at == 0 { ": " } else { "; " })
                    .and_given(reason);
            }
            text.and(".")
        })
        .chain(causes)
        .collect()
}
