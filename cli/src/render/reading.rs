//! How the inputs were read.

use super::skipped::skipped_text;
use hallmark::examine::UsedLogprobs;
use hallmark::read::Reading;
use hallmark::words;
use std::fmt::Write as _;

/// Lines that say which layouts there were, and what was done to the text, or could be.
pub(super) fn reading_text(reading: &Reading) -> String {
    let lines = words::reading(reading).into_iter();
    lines.map(|line| line + "\n").collect()
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
