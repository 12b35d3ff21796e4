//! Results as a person reads them. Not an interface: wording may change.

mod demo;
mod detect;
mod examine;
mod profile;

pub(crate) use demo::demo_text;
pub(crate) use detect::detect_text;
pub(crate) use examine::{examine_text, verdict};
pub(crate) use profile::profile_text;

use hallmark_detector::finding::{Counts, Effect, Finding, Measure};

/// What was read and what was left out.
fn counts_text(counts: &Counts) -> String {
    let mut text = format!(
        "{} answers, {} tokens; {} distinct cells scored ({} repeats, {} shown to the model beforehand, left out)",
        counts.answers,
        counts.tokens,
        counts.scored,
        counts.fresh - counts.scored,
        counts.exposed
    );
    if counts.expected_drops >= 0.5 {
        text.push_str(&format!(
            "; about {:.0} more new cells were dropped to save memory",
            counts.expected_drops
        ));
    }
    text
}

/// An effect in words.
fn effect_text(effect: &Effect) -> String {
    let what = match effect.measure {
        Measure::GreenRate => "green rate",
        Measure::MeanScore => "mean score per cell",
        Measure::OneBitRate => "rate of one bits",
    };
    format!(
        "{what} {:.4} (95% interval {:.4} to {:.4}), {:.4} without dependence on the key",
        effect.value, effect.interval.low, effect.interval.high, effect.null
    )
}

/// The smallest effect that these answers could have shown.
fn smallest_text(finding: &Finding) -> String {
    finding.effect.map_or_else(String::new, |effect| {
        format!(
            "these answers would have shown a value of {:.4} or more in nine cases of ten (at p = 0.001)",
            effect.smallest_visible
        )
    })
}
