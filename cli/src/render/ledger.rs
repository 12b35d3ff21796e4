//! `ledger` in words.

use hallmark_serve::ledger::{Log, LoggedKey};
use std::fmt::Write as _;

pub(crate) fn ledger_text(log: &Log) -> String {
    let mut text = String::new();
    for key in &log.keys {
        push_key(&mut text, key);
    }
    if log.keys.is_empty() {
        text.push_str("Nothing was marked\n");
    }
    for (why, count) in &log.unmarked {
        let _ = writeln!(text, "{count} requests were not marked: {why}");
    }
    if log.torn_lines > 0 {
        let _ = writeln!(
            text,
            "{} lines are no events: torn where a process was killed while it wrote, or changed since",
            log.torn_lines
        );
    }
    if let Some(written) = &log.written {
        let _ = writeln!(
            text,
            "{} answers of key {} written to {}",
            written.answers, written.key_id, written.file
        );
    }
    text
}

fn push_key(text: &mut String, key: &LoggedKey) {
    let _ = writeln!(
        text,
        "Key {} ({}, profile {}): {} answers of {} tokens, numbers {} to {}",
        key.key_id, key.cohort, key.profile, key.answers, key.tokens, key.first, key.last
    );
    let counts = [
        (
            key.unsent,
            "were not sent, and belong to the log all the same",
        ),
        (key.gave_up, "were marked in part"),
        (
            key.taken_back,
            "tokens were sampled and taken back, and are in no record: T3r's condition that the log is whole does not hold for them",
        ),
        (
            key.without_tokens,
            "were kept without their tokens: no log of first visits can be made of them",
        ),
        (
            key.unfinished,
            "began and did not end: what was sampled for them is not known, and T3r's condition that the log is whole does not hold for them",
        ),
        (
            key.missing,
            "have a number that no request has: another process's ledger is missing, or records were lost",
        ),
    ];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(text, "  {count} {what}");
    }
}
