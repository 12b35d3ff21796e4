//! Texts for messages.

/// The start of a text, for a message.
pub(crate) fn brief(text: &str) -> String {
    let mut start: String = text.trim().chars().take(300).collect();
    if start.len() < text.trim().len() {
        start.push('…');
    }
    start
}
