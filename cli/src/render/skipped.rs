//! Records that were not read as answers.

use hallmark::read::Skipped;
use std::fmt::Write as _;

/// Lines that say how many, and why the first few; nothing where there were none.
pub(super) fn skipped_text(skipped: &Skipped) -> String {
    let mut text = String::new();
    let none = vec![];
    let kinds = [
        ("Skipped", skipped.records, "bad records", &skipped.first),
        (
            "Failed",
            skipped.failed,
            "requests have no answer",
            &skipped.first_failed,
        ),
        (
            "Unanswered",
            skipped.unanswered,
            "of the requests that were given have no record",
            &none,
        ),
    ];
    for (head, count, what, first) in kinds {
        if count > 0 {
            let share = match head {
                "Skipped" => format!(", {:.1}% of all", 100.0 * skipped.share),
                _ => String::new(),
            };
            let _ = writeln!(text, "{head}: {count} {what}{share}");
            for reason in first {
                let _ = writeln!(text, "  {reason}");
            }
        }
    }
    for (cause, count) in &skipped.causes {
        let _ = writeln!(text, "  {count} × {cause}");
    }
    text
}
