//! Checks in words: one line each.

use hallmark::text::plain;
use hallmark_verify::Verdict;
use hallmark_verify::bundle::Verified;
use std::fmt::Write as _;

pub(crate) fn checks_text(verified: &Verified, is_brief: bool) -> String {
    let mut text = String::new();
    let mut counts = [0; 3];
    for check in &verified.checks {
        let (at, word) = match check.verdict {
            Verdict::Holds => (0, "holds       "),
            Verdict::Fails => (1, "FAILS       "),
            Verdict::NotChecked => (2, "not checked "),
        };
        counts[at] += 1;
        if is_brief && check.verdict == Verdict::Holds {
            continue;
        }
        let _ = write!(text, "{word} {}", plain(&check.what));
        if !check.detail.is_empty() {
            let _ = write!(text, " ({})", plain(&check.detail));
        }
        text.push('\n');
    }
    let [holds, fails, not_checked] = counts;
    let _ = writeln!(
        text,
        "{}: {holds} checks hold, {fails} fail, {not_checked} could not be made",
        match (verified.holds, not_checked) {
            (true, 0) => "Yes",
            (true, _) => "Yes, as far as it could be checked",
            (false, _) => "No",
        }
    );
    text
}
