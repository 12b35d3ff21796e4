//! Effects: how strong the dependence on a key is.

use super::{above, below, count, decimals, significant};
use crate::page::Text;
use hallmark_detector::finding::{Effect, Measure};

/// What an effect measures.
pub(crate) const fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::GreenRate => "green rate",
        Measure::MeanScore => "mean score per cell in nats",
        Measure::OneBitRate => "rate of one bits",
    }
}

/// The unit of sums of scores.
pub(crate) const fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::GreenRate => "green cells",
        Measure::MeanScore => "nats",
        Measure::OneBitRate => "one bits",
    }
}

/// An effect as facts: by how much, with its interval, and the smallest that would have been found.
pub(crate) fn effect_facts(effect: &Effect, cells: u64) -> Vec<(Text, Text)> {
    let Effect {
        value,
        null,
        interval,
        smallest_visible,
        ..
    } = *effect;
    let facts = [
        (
            "Effect: by how much the ".to_owned() + measure(effect.measure) + " differs",
            format!(
                "{} (95% interval {} to {}), as a difference from {}, the value without dependence",
                significant(value - null),
                below(interval.low - null),
                above(interval.high - null),
                decimals(null, 4)
            ),
        ),
        (
            "The same, unrounded".to_owned(),
            format!(
                "{}; 95% interval {} to {}; {} cells",
                decimals(value, 6),
                decimals(interval.low, 6),
                decimals(interval.high, 6),
                count(cells)
            ),
        ),
        (
            "Smallest difference that so many cells would have shown in nine cases of ten"
                .to_owned(),
            format!(
                "{} ({} or more)",
                above(smallest_visible - null),
                decimals(smallest_visible, 6)
            ),
        ),
    ];
    facts
        .map(|(name, value)| (name.into(), value.into()))
        .into()
}
