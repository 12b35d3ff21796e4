//! `scan` in words.

use super::detect::others_text;
use super::p_value::p_text;
use super::reading::reading_text;
use super::skipped::skipped_text;
use hallmark::scan::{Scanned, Tried};
use hallmark_detector::finding::Warning;
use std::fmt::Write as _;

pub(crate) fn scan_text(scanned: &Scanned) -> String {
    let mut text = String::new();
    text.push_str(&reading_text(&scanned.reading));
    text.push_str(&skipped_text(&scanned.skipped));
    if scanned.found.is_empty() {
        let _ = writeln!(
            text,
            "None of these marks was found at level {}, with these parameters.",
            scanned.level
        );
    }
    for untried in &scanned.untried {
        let _ = writeln!(text, "Not tried: {}: {}", untried.file, untried.why);
    }
    for tried in &scanned.tried {
        if tried.warnings.contains(&Warning::KeyNotComparable) {
            let warning = Warning::KeyNotComparable;
            let _ = writeln!(text, "Warning: {}: {warning}", tried.file);
        }
    }
    for tried in &scanned.found {
        let _ = writeln!(
            text,
            "Found: {}, key {} ({}): p = {}, adjusted for all that was tried {} (log10 p = {:.2})",
            tried.profile.named(),
            tried.key_id,
            tried.file,
            p_text(tried.log10_p),
            p_text(tried.log10_p_adjusted),
            tried.log10_p.rounded(2)
        );
        others_text(
            &mut text,
            &tried.profile.scheme,
            tried.log10_p_unmarked,
            tried.decoys,
        );
        let same = |other: &&Tried| {
            (&other.key_id, other.scored, other.statistic)
                == (&tried.key_id, tried.scored, tried.statistic)
        };
        if scanned.found.iter().filter(same).count() > 1 {
            let _ = writeln!(
                text,
                "  with another of those found it reads this text alike: the two cannot be told apart"
            );
        }
        for warning in &tried.warnings {
            let _ = writeln!(text, "  warning: {warning}; {}", warning.hint());
        }
    }
    let _ = writeln!(
        text,
        "\nTried on {} documents ({} pairs of a profile and a key do not belong together):",
        scanned.documents, scanned.unfit
    );
    for tried in &scanned.tried {
        let Tried {
            profile,
            key_id,
            scored,
            log10_p,
            log10_p_adjusted,
            ..
        } = tried;
        let _ = writeln!(
            text,
            "  {:40} {key_id} {scored:>9} cells  p = {:8}  adjusted {}",
            profile.named(),
            p_text(*log10_p),
            p_text(*log10_p_adjusted)
        );
    }
    text.push_str(
        "\nThe p-value is how often a random key would make this text score as high. It is not the\n\
         chance that the text is unmarked, and \"none of these\" does not say that there is no mark.\n",
    );
    text
}
