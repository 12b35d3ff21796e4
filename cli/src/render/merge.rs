//! `merge` in words.

use super::p_value::p_text;
use hallmark::merge::MergedAudits;
use std::fmt::Write as _;

pub(crate) fn merge_text(merged: &MergedAudits) -> String {
    let mut text = String::new();
    let files: Vec<&str> = merged
        .audits
        .iter()
        .map(|audit| audit.file.as_str())
        .collect();
    let _ = writeln!(
        text,
        "Averaged over {} examinations: {}",
        files.len(),
        files.join(", ")
    );
    for key in &merged.keys {
        let each: Vec<String> = key
            .audits_log10_e
            .iter()
            .map(|log10_e| format!("{:.2}", log10_e.rounded(2)))
            .collect();
        let _ = writeln!(
            text,
            "Key {}: log10 E {:.2} (of {}), p = {}",
            key.key_id,
            key.log10_e.rounded(2),
            each.join(", "),
            p_text(key.log10_p)
        );
        for condition in &key.unproven {
            let _ = writeln!(text, "  {condition}; {}", condition.hint());
        }
    }
    text.push_str("What this does not show:\n");
    for line in &merged.does_not_show {
        let _ = writeln!(text, "- {line}");
    }
    text
}
