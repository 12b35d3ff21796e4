//! `examine` in words.

use super::{counts_text, effect_text, p_text, smallest_text};
use crate::verbs::examine::Examined;
use hallmark_detector::finding::{Finding, Test};
use hallmark_detector::plain::LEVEL;
use hallmark_detector::warning::{FEW_CELLS, Warning};
use std::fmt::Write as _;

pub(crate) fn examine_text(examined: &Examined) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "Read: {}", counts_text(&examined.counts));
    if examined.skipped.records > 0 {
        let _ = writeln!(text, "Skipped: {} bad records", examined.skipped.records);
        for reason in &examined.skipped.first {
            let _ = writeln!(text, "  {reason}");
        }
    }
    for key in &examined.keys {
        let findings: Vec<&Finding> = examined
            .tests
            .iter()
            .filter(|finding| finding.key_id == key.key_id)
            .collect();
        let _ = writeln!(text, "\nKey {} ({})", key.key_id, key.file);
        let _ = writeln!(text, "  {}", verdict(&findings));
        for finding in findings {
            let _ = writeln!(text, "  {}", finding_line(finding));
            if finding.test == Test::T1 {
                if let Some(effect) = &finding.effect {
                    let _ = writeln!(text, "      {}", effect_text(effect));
                    let _ = writeln!(text, "      {}", smallest_text(finding));
                }
                for warning in &finding.warnings {
                    let _ = writeln!(text, "      warning: {warning}; {}", warning.hint());
                }
            }
        }
    }
    let _ = writeln!(
        text,
        "\nAdjusted p-values count all {} tests under all {} keys that were tried (Holm).",
        examined.tests.len(),
        examined.keys.len()
    );
    text.push_str("What this does not show:\n");
    for line in &examined.does_not_show {
        let _ = writeln!(text, "- {line}");
    }
    text
}

/// One sentence for one key: from T1, the headline, at the level shared by all tests.
pub(crate) fn verdict(findings: &[&Finding]) -> String {
    let Some(plain) = findings.iter().find(|finding| finding.test == Test::T1) else {
        return "Not tested.".to_owned();
    };
    if plain.scored < FEW_CELLS {
        return "Inconclusive: too few cells were scored to say anything.".to_owned();
    }
    let found = |finding: &Finding| finding.log10_p_adjusted.value() <= LEVEL.log10();
    let adjusted = p_text(plain.log10_p_adjusted);
    if found(plain) && plain.warnings.contains(&Warning::ExposureUnknown) {
        return format!(
            "The answers depend on this key, or copy marked text that was shown and is not in these records: a random key would show as much with probability at most {adjusted} (T1, adjusted)."
        );
    }
    if found(plain) {
        return format!(
            "The answers depend on this key: a random key would show as much with probability at most {adjusted} (T1, adjusted)."
        );
    }
    let others: Vec<String> = findings
        .iter()
        .filter(|finding| found(finding))
        .map(|finding| format!("{:?}", finding.test))
        .collect();
    if others.is_empty() {
        format!(
            "No dependence on this key was found at level {LEVEL} (T1: p = {adjusted}, adjusted)."
        )
    } else {
        format!(
            "T1 found no dependence on this key at level {LEVEL} (p = {adjusted}, adjusted), but {} did: look at each below.",
            others.join(" and ")
        )
    }
}

fn finding_line(finding: &Finding) -> String {
    match finding.test {
        Test::T1 => format!(
            "T1 sum of scores   {:.1}, expected {:.1}: p = {}",
            finding.statistic,
            finding.expected.unwrap_or(0.0),
            p_pair(finding)
        ),
        Test::T3 => format!(
            "T3 e-process       largest log10 E {:.2} after {} cells: p = {}",
            finding.statistic,
            finding.supremum.map_or(0, |at| at.cells),
            p_pair(finding)
        ),
        Test::T5 => format!(
            "T5 line-up         rank {} among {} decoys (the best of them {:.1}): p = {}",
            finding.statistic,
            finding.decoys.unwrap_or(0),
            finding.best_decoy.unwrap_or(0.0),
            p_pair(finding)
        ),
    }
}

/// A p-value by itself and adjusted.
fn p_pair(finding: &Finding) -> String {
    format!(
        "{} (adjusted {})",
        p_text(finding.log10_p),
        p_text(finding.log10_p_adjusted)
    )
}
