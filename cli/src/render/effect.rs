//! An effect in words: the one that was seen, and the smallest that would have been.

use hallmark_detector::finding::{Effect, Finding, Measure};

/// An effect in words.
pub(super) fn effect_text(effect: &Effect) -> String {
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
pub(super) fn smallest_text(finding: &Finding) -> String {
    finding.effect().map_or_else(String::new, |effect| {
        format!(
            "a value of {:.4} or more would have been found in nine cases of ten",
            effect.smallest_visible
        )
    })
}
