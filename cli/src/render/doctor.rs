//! `doctor` in words.

use super::p_value::p_text;
use crate::results::doctor::{Diagnosed, Diagnosis};
use hallmark_core::profile::Profile;
use std::fmt::Write as _;

/// Changes that are listed.
const LISTED: usize = 8;

pub(crate) fn doctor_text(diagnosed: &Diagnosed, profile: &Profile) -> String {
    let mut text = String::new();
    let _ = match (diagnosed.diagnosis, &diagnosed.cure) {
        (Diagnosis::Healthy, _) => writeln!(text, "The mark is found as things are."),
        (Diagnosis::Weak, Some(cure)) => writeln!(
            text,
            "The mark is found as things are, and far better with this change: {}.",
            cure.what
        ),
        (Diagnosis::Borderline, _) => writeln!(
            text,
            "The mark is weakly found as things are (p = {}); no change that was tried finds clearly more. Give a longer sample.",
            diagnosed
                .tried
                .first()
                .map_or_else(String::new, |own| p_text(own.log10_p))
        ),
        (_, Some(cure)) => writeln!(
            text,
            "The mark is not found as things are, and it is found with this change: {}.",
            cure.what
        ),
        _ => {
            let _ = writeln!(
                text,
                "The mark is found neither as things are nor with any of the changes that were tried."
            );
            writeln!(text, "{}", unknown(profile))
        }
    };
    for note in &diagnosed.notes {
        let _ = writeln!(text, "Note: {note}.");
    }
    let _ = writeln!(
        text,
        "\nTried on {} documents, p adjusted for all {} tries:",
        diagnosed.documents,
        diagnosed.tried.len()
    );
    for tried in diagnosed.tried.iter().take(LISTED) {
        let _ = writeln!(
            text,
            "  {:>9} cells  p = {:9} {}",
            tried.scored,
            p_text(tried.log10_p_adjusted),
            tried.what
        );
    }
    if let Some(more) = diagnosed.tried.len().checked_sub(LISTED + 1) {
        let _ = writeln!(text, "  and {} more: see --format json", more + 1);
    }
    if !profile.scheme.is_native() {
        text.push_str("\nEvery p is for text that no other key of the engine marked.");
    }
    text.push_str(
        "\nSo many changes are tried that a finding here is for finding faults, not evidence about anyone.\n",
    );
    text
}

/// What may still be the matter.
fn unknown(profile: &Profile) -> String {
    let mut text = "What is left: another key or scheme, text that is not marked, too little of it, another tokenizer, or text that left\n\
         its model little choice (a low temperature, code, lists, JSON): there the mark has no room."
        .to_owned();
    if profile.scheme.row().draws_with_torch() {
        text.push_str(
            " Or what torch draws was drawn on\n\
             a GPU, whose generator gives other lists and tables than a CPU's (then only the GPU can detect).",
        );
    }
    text
}
