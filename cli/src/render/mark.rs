//! `mark` in words.

use crate::results::mark::Marked;

pub(crate) fn mark_text(marked: &Marked) -> String {
    let how = match (&marked.key_id, marked.ring) {
        (None, _) => "unmarked".to_owned(),
        (Some(id), None) => format!("marked with key {id}"),
        (Some(id), Some(ring)) => format!("each marked with one of {ring} sub-keys of key {id}"),
    };
    format!(
        "{} answers of up to {} tokens, {} in all, {how}, written to {}\n",
        marked.answers, marked.longest, marked.tokens, marked.out
    )
}
