//! T6, T8, T9 and the cohorts in words.

use super::p_value::p_text;
use hallmark_detector::finding::{ContrastMeasure, Finding, Found, T6, T8, T9};
use hallmark_detector::statistic::cohorts::{Cohorts, Standing};
use std::fmt::Write as _;

/// More words on a finding of T6, T8 or T9.
pub(super) fn beside_line(finding: &Finding) -> Option<String> {
    match &finding.found {
        Found::T6(found) => contrast_line(found),
        Found::T8(found) => shape_line(found),
        Found::T9(found) => Some(logprob_line(found, finding.scored)),
        _ => None,
    }
}

fn contrast_line(contrast: &T6) -> Option<String> {
    let effect = contrast.effect?;
    let what = match effect.measure {
        ContrastMeasure::GreenRateDifference => "green rates differ by",
        ContrastMeasure::MeanScoreRatio => "mean scores are in the ratio",
        ContrastMeasure::OneBitRateDifference => "rates of one bits differ by",
    };
    Some(format!(
        "{:.4} under this key, {:.4} under the control; {what} {:.4} (95% interval {:.4} to {:.4}), {} if neither matters more; {:.4} would have been found in nine cases of ten",
        effect.tested,
        effect.control,
        effect.value,
        effect.interval.low,
        effect.interval.high,
        effect.null,
        effect.smallest_visible
    ))
}

fn shape_line(shape: &T8) -> Option<String> {
    let strongest = shape.strongest?;
    Some(format!(
        "{} cells score {:.2} nats or more, where {:.2} are expected",
        strongest.cells, strongest.score, strongest.expected
    ))
}

fn logprob_line(found: &T9, cells: u64) -> String {
    let interval = found.mass_interval.map_or_else(String::new, |interval| {
        format!(
            " (95% interval {:.4} to {:.4})",
            interval.low, interval.high
        )
    });
    let visible = found
        .mass_smallest_visible
        .map_or_else(String::new, |visible| {
            format!("; a value of {visible:.4} or more would have been found in nine cases of ten")
        });
    format!(
        "{} distinct windows, {cells} cells; mean score of the suspect's own probability {:.4}{interval}, {:.4} without dependence on the key{visible}; log10 E {:.2}",
        found.windows,
        found.mass,
        found.mass_null,
        found.log10_e.rounded(2)
    )
}

/// Which of several keys stand out; nothing for one.
pub(super) fn cohorts_text(cohorts: &Cohorts) -> String {
    let mut text = String::new();
    if cohorts.keys.len() < 2 {
        return text;
    }
    let _ = writeln!(
        text,
        "\nKeys together: \"named\" is wrong for any of them with probability at most {}; of those only \"screened\", up to {} may be wrong on average.",
        cohorts.level, cohorts.false_discovery_rate
    );
    for cohort in &cohorts.keys {
        let standing = match cohort.standing {
            Standing::Named => "named",
            Standing::Screened => "screened",
            Standing::Neither => "neither",
        };
        let interval = cohort.effect.map_or_else(String::new, |effect| {
            format!(
                ", effect {:.4} ({:.4} to {:.4}, all keys at once)",
                effect.value, effect.interval.low, effect.interval.high
            )
        });
        let _ = writeln!(
            text,
            "  {} {standing}: smallest adjusted p = {}, log10 E {:.2}{interval}",
            cohort.key_id,
            p_text(cohort.log10_p_adjusted),
            cohort.log10_e.rounded(2)
        );
    }
    text
}
