//! Text of others in a check's line.

/// Text of others, short enough for a line.
pub(super) fn cut(text: &str) -> String {
    const MOST: usize = 160;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
