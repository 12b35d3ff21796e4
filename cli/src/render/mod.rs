//! Results as a person reads them. Not an interface: wording may change.

mod beside;
mod collect;
mod demo;
mod detect;
mod doctor;
mod examine;
mod index;
mod merge;
mod power;
mod probe;
mod profile;
mod scan;
mod study;

pub(crate) use collect::collect_text;
pub(crate) use demo::demo_text;
pub(crate) use detect::detect_text;
pub(crate) use doctor::doctor_text;
pub(crate) use examine::{examine_text, verdict};
pub(crate) use index::index_text;
pub(crate) use merge::merge_text;
pub(crate) use power::power_text;
pub(crate) use probe::probe_text;
pub(crate) use profile::profile_text;
pub(crate) use scan::scan_text;
pub(crate) use study::{nulls_text, quality_text, tables_text};

use hallmark_detector::finding::{Counts, Effect, Finding, Measure};
use hallmark_detector::tail::Log10P;

/// A p-value as people write it: two significant figures, as a decimal from 0.001 upwards.
fn p_text(log10_p: Log10P) -> String {
    let exact = log10_p.to_string();
    match exact.split_once("e-") {
        Some((digits, "0")) => digits.to_owned(),
        Some((digits, exponent @ ("1" | "2" | "3"))) => {
            let zeros = "0".repeat(exponent.parse::<usize>().unwrap_or(1) - 1);
            format!("0.{zeros}{}", digits.replace('.', ""))
        }
        _ => exact
            .strip_suffix("e0")
            .map_or(exact.clone(), ToOwned::to_owned),
    }
}

/// What was read and what was left out.
fn counts_text(counts: &Counts) -> String {
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
    finding.effect().map_or_else(String::new, |effect| {
        format!(
            "a value of {:.4} or more would have been found in nine cases of ten",
            effect.smallest_visible
        )
    })
}
