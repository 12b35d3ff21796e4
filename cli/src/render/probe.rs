//! `probe` in words.

use super::reading::reading_text;
use super::skipped::skipped_text;
use crate::results::probe::Probed;
use hallmark::text::shown;
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn probe_text(probed: &Probed, beside: &Path) -> String {
    let mut text = String::new();
    let how = match probed.window {
        Some(window) => format!("by the windows of {window} tokens of their logged answers"),
        None => "each with the same chance".to_owned(),
    };
    let _ = writeln!(
        text,
        "{} prompts chosen {how}, seed {}, written to {}",
        probed.chosen, probed.seed, probed.prompts.file
    );
    let _ = writeln!(
        text,
        "Considered: {} records of {} ({} without a prompt, {} with one that cannot be asked as text); {} prompts came more than once",
        probed.considered,
        probed.records,
        probed.without_prompt,
        probed.not_askable,
        probed.duplicates
    );
    text.push_str(&reading_text(&probed.reading));
    text.push_str(&skipped_text(&probed.skipped));
    if let Some(share) = probed.mean_exposure_share {
        let _ = writeln!(
            text,
            "On average a prompt shows {:.1}% of the windows of its logged answer: they can be no evidence",
            100.0 * share
        );
    }
    if !probed.log_marked_by.is_empty() {
        let _ = writeln!(
            text,
            "Chosen by answers that key {} marked: do not test that key on answers to these prompts (`examine --probe` sees to it). Choose by another epoch's or cohort's log, or by unmarked answers of your own model.",
            probed.log_marked_by.join(" and ")
        );
    }
    if probed.chosen < u64::from(probed.count) {
        let _ = writeln!(text, "The log has no more: {} were asked for", probed.count);
    }
    let _ = writeln!(
        text,
        "Digests of all that went in and came out: {}",
        shown(beside)
    );
    text
}
