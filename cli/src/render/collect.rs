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
    let have = collected.already + collected.answered;
    let _ = writeln!(
        text,
        "{have} of {} answers are in {} ({} from earlier runs, {} requests in this one).",
        collected.wanted, collected.out, collected.already, collected.requests
    );
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
