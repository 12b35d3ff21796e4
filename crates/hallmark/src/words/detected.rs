//! What `detect` comes to.

use crate::detect::{Detected, Verdict};
use crate::examine::Conclusion;

/// The share of cells from which on documents say in part the same, and each is judged alone too.
pub const MUCH_SHARED: f64 = 0.1;

/// A verdict with its level.
#[must_use]
pub fn verdict(verdict: &Verdict) -> String {
    let outcome = match verdict.outcome {
        Conclusion::Found => "found",
        Conclusion::NotFound => "not found",
        Conclusion::Inconclusive => "too few cells",
    };
    format!("{outcome} at level {}", verdict.level)
}

/// What has to be borne in mind where documents share much of what they say; None where they do not.
#[must_use]
pub fn shared(detected: &Detected) -> Option<String> {
    let share = detected.shared.filter(|&share| share >= MUCH_SHARED)?;
    let is_several = detected.documents.len() > 1;
    is_several.then(|| {
        format!(
            "The documents share {:.0}% of their cells with documents before them: as far as they do, their p-values are one piece of evidence and not several. \"Alone\" is p over the cells that no document before has.",
            100.0 * share
        )
    })
}
