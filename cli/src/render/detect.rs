//! `detect` in words.

use super::counts::counts_text;
use super::effect::{effect_text, smallest_text};
use super::p_value::p_text;
use super::reading::reading_text;
use super::skipped::skipped_text;
use hallmark::detect::{Detected, Document};
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
            "\nAll together: p = {} (log10 p = {:.2})",
            p_text(pooled.log10_p),
            pooled.log10_p.value()
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
    if detected.documents.len() > 1 {
        let _ = writeln!(text, "\nEach by itself (not adjusted for their number):");
        for document in detected.documents.iter().take(LISTED) {
            let _ = writeln!(
                text,
                "  {:24} {:>7} cells  p = {}",
                document.source,
                document.scored,
                p_text(document.log10_p)
            );
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

/// The marked passages of a document.
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
