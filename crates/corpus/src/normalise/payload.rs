//! Payloads of code points that are no text: a manifest or a message in a run of variation selectors, tags or private characters.

use std::borrow::Cow;

use super::invisible::is_invisible;

/// Such code points in a row that are no text of any language.
const RUN: usize = 32;

/// The text without its payloads, and how many characters they had.
pub(crate) fn without_payloads(text: &str) -> (Cow<'_, str>, u64) {
    if text.is_ascii() {
        return (Cow::Borrowed(text), 0);
    }
    let mut kept = String::new();
    let mut left_out = 0;
    let mut from = 0;
    let mut run: Option<(usize, usize)> = None;
    let end = std::iter::once((text.len(), 'x'));
    for (at, c) in text.char_indices().chain(end) {
        if is_carrier(c) && at < text.len() {
            run.get_or_insert((at, 0)).1 += 1;
            continue;
        }
        if let Some((start, length)) = run.take()
            && length >= RUN
        {
            kept.push_str(&text[from..start]);
            from = at;
            left_out += length as u64;
        }
    }
    if left_out == 0 {
        return (Cow::Borrowed(text), 0);
    }
    kept.push_str(&text[from..]);
    (Cow::Owned(kept), left_out)
}

fn is_carrier(c: char) -> bool {
    is_invisible(c) || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_of_what_is_no_text_are_left_out() {
        let selectors: String = "\u{fe00}\u{e0101}".repeat(40);
        let private = "\u{e001}".repeat(32);
        let text = format!("{private}one {selectors}two\u{feff}{selectors}");
        assert_eq!(without_payloads(&text), ("one two".into(), 32 + 80 + 81));
        let short = "one \u{2764}\u{fe0f} two \u{200b}\u{200b}";
        assert_eq!(without_payloads(short), (short.into(), 0));
    }
}
