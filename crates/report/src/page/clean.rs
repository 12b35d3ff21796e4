//! Other people's text, made harmless: nothing in it moves other text about or hides.

use std::fmt::Write as _;

/// The first `most` characters of a text in which what cannot be seen is spelled out, and what was left out is said.
pub(super) fn clean(text: &str, most: usize, keep_lines: bool) -> String {
    let mut cleaned = String::new();
    let mut marks = 0;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count == most {
            let _ = write!(cleaned, "… ({} more bytes)", text.len() - at);
            break;
        }
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\n' if keep_lines => cleaned.push('\n'),
            '\r' if keep_lines => {}
            '\n' | '\r' | '\t' => cleaned.push(' '),
            c if c.is_control() || moves(c) || marks > MOST_MARKS => {
                let _ = write!(cleaned, "⟨U+{:04X}⟩", u32::from(c));
            }
            c => cleaned.push(c),
        }
    }
    cleaned
}

/// Marks on one letter, beyond which they run into other lines.
const MOST_MARKS: usize = 4;

/// Marks that stand on the letter before them.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// What turns text round, joins, hides or breaks it: bidirectional controls, spaces without width, tags, line separators.
const fn moves(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_moves_text_is_spelled_out() {
        assert_eq!(
            clean("a\u{202e}b\u{0}c\u{200b}", 99, false),
            "a⟨U+202E⟩b⟨U+0000⟩c⟨U+200B⟩"
        );
        assert_eq!(clean("a\nb\r\nc", 99, false), "a b  c");
        assert_eq!(clean("a\nb\r\nc", 99, true), "a\nb\nc");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        let long = "é".repeat(1_000_000);
        assert_eq!(clean(&long, 3, false), "ééé… (1999994 more bytes)");
        assert_eq!(clean("abc", 3, false), "abc");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let piled = format!("a{}", "\u{301}".repeat(9));
        let cleaned = clean(&piled, 99, false);
        assert_eq!(cleaned.matches('\u{301}').count(), 4);
        assert_eq!(clean("e\u{301}", 99, false), "e\u{301}");
    }
}
