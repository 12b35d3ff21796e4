//! `detect` in words.

use super::calibrate::rate_text;
use super::counts::counts_text;
use super::effect::{effect_text, smallest_text};
use super::p_value::p_text;
use super::reading::reading_text;
use super::skipped::skipped_text;
use hallmark::detect::{Detected, Document, QuotedCalibration, Verdict};
use hallmark::words;
use hallmark_core::profile::Profile;
use hallmark_detector::finding::FEW_CELLS;
use hallmark_detector::tail::Log10P;
use std::fmt::Write as _;

/// Documents listed before the rest is only counted.
const LISTED: usize = 20;

pub(crate) fn detect_text(detected: &Detected, profile: &Profile) -> String {
    let mut text = String::new();
    let pooled = &detected.pooled;
    let _ = writeln!(
        text,
        "Key {} under profile {:?} ({}, window {})",
        detected.key_id,
        profile.name,
        profile.scheme.id(),
        profile.window
    );
    if detected.weighted_mean {
        let _ = writeln!(text, "Score: the weighted mean of the layers");
    }
    let _ = writeln!(text, "Read: {}", counts_text(&detected.counts));
    text.push_str(&reading_text(&detected.reading));
    text.push_str(&skipped_text(&detected.skipped));
    if pooled.scored < FEW_CELLS {
        let _ = writeln!(text, "\nAll together: too few cells to say anything");
    } else {
        let _ = writeln!(
            text,
            "\nAll together: {}p = {} (log10 p = {:.2})",
            verdict_text(detected.verdict.as_ref()),
            p_text(pooled.log10_p),
            pooled.log10_p.rounded(2)
        );
    }
    others_text(
        &mut text,
        profile.scheme.id(),
        pooled.log10_p_unmarked,
        pooled.decoys(),
    );
    if let Some(effect) = pooled.effect() {
        let _ = writeln!(text, "  {}", effect_text(effect));
        let _ = writeln!(text, "  {}", smallest_text(pooled));
    }
    for warning in &pooled.warnings {
        let _ = writeln!(text, "  warning: {warning}; {}", warning.hint());
    }
    if let Some(quoted) = &detected.calibration {
        quoted_text(&mut text, quoted);
    }
    if detected.documents.len() > 1 {
        let _ = writeln!(text, "\nEach by itself (not adjusted for their number):");
        let shared = words::shared(detected);
        if let Some(shared) = &shared {
            let _ = writeln!(text, "  {shared}");
        }
        for document in detected.documents.iter().take(LISTED) {
            let _ = write!(
                text,
                "  {:24} {:>7} cells  {}",
                document.source,
                document.scored,
                document_text(document)
            );
            if let Some(new) = document.new.filter(|_| shared.is_some()) {
                let _ = write!(
                    text,
                    "; alone {} cells, p = {}",
                    new.scored,
                    p_text(new.log10_p)
                );
            }
            text.push('\n');
            passages_text(&mut text, document);
        }
        if let Some(more) = detected.documents.len().checked_sub(LISTED + 1) {
            let _ = writeln!(text, "  and {} more: see --format json", more + 1);
        }
    }
    if let [document] = &detected.documents[..] {
        passages_text(&mut text, document);
    }
    text.push_str(
        "\nThe p-value is how often a random key would make this text score as high. It is not the\n\
         chance that the text is unmarked, and it does not say who wrote the text.\n",
    );
    text
}

fn document_text(document: &Document) -> String {
    if document.scored < FEW_CELLS {
        return "too few to say anything".to_owned();
    }
    let verdict = verdict_text(document.verdict.as_ref());
    format!("{verdict}p = {}", p_text(document.log10_p))
}

fn verdict_text(verdict: Option<&Verdict>) -> String {
    verdict.map_or_else(String::new, |verdict| {
        format!("{}, ", words::verdict(verdict))
    })
}

/// What was counted before on text of one's own.
fn quoted_text(text: &mut String, quoted: &QuotedCalibration) {
    let length = &quoted.length;
    let what = length.tokens.map_or_else(
        || "whole texts".to_owned(),
        |tokens| format!("texts of {tokens} tokens"),
    );
    let _ = writeln!(
        text,
        "\nCalibrated on {} unmarked {what} ({}):",
        length.texts, quoted.file.file
    );
    for level in &length.levels {
        let _ = write!(
            text,
            "  p ≤ {:<7} {} under this key, {} under {} random keys",
            level.level,
            rate_text(&level.key),
            rate_text(&level.random_keys),
            quoted.keys
        );
        if let Some(found) = &level.found {
            let _ = write!(text, "; marked text {}", rate_text(found));
        }
        text.push('\n');
    }
}

/// What limits p, and what it would be without.
pub(super) fn others_text(
    text: &mut String,
    scheme: &str,
    unmarked: Option<Log10P>,
    decoys: Option<u64>,
) {
    let by_layer = scheme.contains("synthid");
    let Some(unmarked) = unmarked else {
        return;
    };
    let limit = match decoys {
        Some(decoys) if by_layer => format!(
            "compared with other choices of numbers, out of the key's and {decoys} others, on the same text"
        ),
        Some(decoys) => format!("compared with {decoys} other keys on the same text"),
        None => "a key of so few bits says no more: another can be the same in effect".to_owned(),
    };
    let _ = writeln!(
        text,
        "  {limit}; for text that no key of this engine marked, p = {}",
        p_text(unmarked)
    );
}

/// The marked passages of a document.
fn passages_text(text: &mut String, document: &Document) {
    let Some(located) = &document.located else {
        return;
    };
    for passage in &located.passages {
        let place = passage.bytes.map_or(String::new(), |[from, to]| {
            format!(" (bytes {from} to {to})")
        });
        let _ = writeln!(
            text,
            "    marked: about tokens {} to {}{place}, p = {} for tokens {} to {}, adjusted for the {} windows tried",
            passage.tokens[0],
            passage.tokens[1],
            p_text(passage.log10_p_adjusted),
            passage.tested[0],
            passage.tested[1],
            located.tried
        );
        if let Some(excerpt) = &passage.excerpt {
            let _ = writeln!(text, "      {excerpt:?}");
        }
    }
}
