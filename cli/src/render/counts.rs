//! Answers and cells in words.

use hallmark_detector::finding::Counts;

/// What was read and what was left out.
pub(super) fn counts_text(counts: &Counts) -> String {
    let shown = match counts.exposure_unknown {
        0 => format!(
            "{} left out because the model had been shown their window",
            counts.exposed
        ),
        unknown => format!(
            "{} left out as shown; for {unknown} of the answers it is not known what was shown",
            counts.exposed
        ),
    };
    let mut text = format!(
        "{} answers, {} tokens; {} distinct cells scored ({} repeats; {shown})",
        counts.answers,
        counts.tokens,
        counts.scored,
        counts.fresh - counts.scored
    );
    if counts.expected_drops >= 0.5 {
        text.push_str(&format!(
            "; about {:.0} more new cells were dropped to save memory",
            counts.expected_drops
        ));
    }
    text
}
