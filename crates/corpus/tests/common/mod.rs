//! What of an answer was not shown.

use hallmark_corpus::TokenRecord;

/// Tokens after windows that were shown in no form.
pub(crate) fn unshown(record: &TokenRecord, window: usize) -> Vec<usize> {
    let exact = |at: usize| {
        let own = &record.tokens[at - window..at];
        let mut pieces = record.exposure.iter();
        pieces.any(|piece| piece.windows(window).any(|shown| shown == own))
    };
    let reach = |at: usize| usize::from(record.in_other_form.get(at).copied().unwrap_or(0));
    (window..record.tokens.len())
        .filter(|&at| reach(at) < window && !exact(at))
        .collect()
}
