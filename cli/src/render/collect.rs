//! `collect` in words.

use crate::results::collect::Collected;
use hallmark::text::plain;
use std::fmt::Write as _;

/// Failures listed before the rest is only counted.
const LISTED: usize = 10;

pub(crate) fn collect_text(collected: &Collected) -> String {
    let mut text = String::new();
    for path in &collected.torn {
        let _ = writeln!(
            text,
            "An earlier run left a torn line: it was put aside into {path}."
        );
    }
    if let Some(batch) = &collected.batch {
        let _ = writeln!(
            text,
            "{} requests are in {}, in the dialect `{}`. Hand it in; then give the same command with --read-batch and the file of results instead of --write-batch.",
            batch.requests, batch.file, collected.dialect
        );
        return text;
    }
    let have = collected.already + collected.answered;
    let _ = writeln!(
        text,
        "{have} of {} answers are in {} ({} from earlier runs, {} requests in this one, dialect `{}`).",
        collected.wanted, collected.out, collected.already, collected.requests, collected.dialect
    );
    endings(collected, &mut text);
    answering(collected, &mut text);
    let _ = writeln!(
        text,
        "Everything sent and received is in {}.",
        collected.log
    );
    for failed in collected.failed.iter().take(LISTED) {
        let _ = writeln!(
            text,
            "  no answer {} to {}: {}",
            failed.repetition,
            plain(&failed.id),
            plain(&failed.reason)
        );
    }
    if let Some(more) = collected.failed.len().checked_sub(LISTED + 1) {
        let _ = writeln!(text, "  and {} more: see --format json", more + 1);
    }
    if collected.stopped || !collected.failed.is_empty() {
        text.push_str("Run the same command again to go on.\n");
    }
    text
}

/// What ended in another way than by itself, or holds nothing.
fn endings(collected: &Collected, text: &mut String) {
    for ending in &collected.endings {
        let reason = plain(ending.finish_reason.as_deref().unwrap_or("not said"));
        if ending.without_text > 0 {
            let thought = match ending.reasoning_only {
                0 => String::new(),
                some => format!(", {some} of them with reasoning only"),
            };
            let _ = writeln!(
                text,
                "Besides, {} answers hold no text (finish_reason {reason}{thought}): there is nothing in them to score.",
                ending.without_text
            );
        }
        let with_text = ending.answers - ending.without_text;
        let by_itself = [
            "stop",
            "end_turn",
            "stop_sequence",
            "completed",
            "eos",
            "not said",
        ];
        if with_text > 0 && !by_itself.contains(&reason.as_str()) {
            let _ = writeln!(
                text,
                "{with_text} answers were cut off or ended by force (finish_reason {reason})."
            );
        }
    }
}

/// Whether the endpoint changed the model.
fn answering(collected: &Collected, text: &mut String) {
    if collected.answering.len() < 2 {
        return;
    }
    text.push_str("Warning: not one model answered, but several; findings over all of them are of no one model:\n");
    for answering in collected.answering.iter().take(LISTED) {
        let name = |name: &Option<String>| plain(name.as_deref().unwrap_or("not said"));
        let _ = writeln!(
            text,
            "  {} answers: model {}, system_fingerprint {}",
            answering.answers,
            name(&answering.model),
            name(&answering.system_fingerprint)
        );
    }
}
