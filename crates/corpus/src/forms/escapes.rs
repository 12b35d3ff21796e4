//! Undoes what writes a character as several: escapes of JSON and of programs, of HTML, of addresses and mail, of terminals.

use super::text::{Char, Text, string};

/// How often each kind is undone at most.
const DEEPEST: usize = 8;

/// Texts that are kept of those that come one after another: the first ones and the last. Programs escape a text two or three times; one that
/// seems escaped more often was made to seem so, and each text kept takes memory.
const KEPT: usize = 6;

/// The longest name of a character in HTML, with its ends.
const LONGEST_ENTITY: usize = 34;

/// Characters between a terminal's escape and its letter, at most.
const LONGEST_COLOUR: usize = 32;

/// Reads an escape that begins here; returns how many characters it was, or nothing where there is none.
type Escape = fn(&[Char], &mut Text) -> Option<usize>;

/// Kinds of escapes and what they begin with. Those that may break another kind's in two come first.
const KINDS: [(&[char], Escape); 4] = [
    (&['=', '%'], hexadecimal),
    (&['\\'], backslash),
    (&['&'], entity),
    (&['\u{1b}'], terminal),
];

/// Undoes all escapes, and those that come of it.
///
/// Text that was never escaped may change too, as it would when it is shown escaped: both sides go the same way.
pub(super) fn undo(text: Text) -> Text {
    levels(text).pop().unwrap_or_default()
}

/// The text, and what it is when one kind of escapes after another is undone: the first [`KEPT`] − 1 of them, and the last.
pub(super) fn levels(text: Text) -> Vec<Text> {
    let may_be_escaped = text.iter().any(|char| "=%\\&\u{1b}".contains(char.c));
    let mut levels = vec![text];
    if !may_be_escaped {
        return levels;
    }
    let mut unchanged = 0;
    for (begins, escape) in KINDS.iter().cycle().take(DEEPEST * KINDS.len()) {
        let from = &levels[levels.len() - 1];
        unchanged += 1;
        if from.iter().any(|char| begins.contains(&char.c)) {
            let to = undo_kind(from, begins, *escape);
            if to.len() < from.len() {
                if levels.len() == KEPT {
                    levels.pop();
                }
                levels.push(to);
                unchanged = 0;
            }
        }
        if unchanged == KINDS.len() {
            break;
        }
    }
    levels
}

/// Every escape is longer than what it stands for.
fn undo_kind(text: &[Char], begins: &[char], escape: Escape) -> Text {
    let mut undone = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.first() {
        let is_escape = begins.contains(&first.c);
        let taken = is_escape.then(|| escape(rest, &mut undone)).flatten();
        if taken.is_none() {
            undone.push(*first);
        }
        rest = &rest[taken.unwrap_or(1)..];
    }
    undone
}

/// Whether undoing joins what a reader of the text takes for lines.
pub(super) fn escapes_line_breaks(text: &[Char]) -> bool {
    let ends = |next: &[Char]| matches!(next[1].c, '\n' | '\r' | '<') && "=\\".contains(next[0].c);
    text.windows(2).any(ends)
}

/// `\n`, `\"`, `\x41`, `\u0041`, `\u{41}`, `\U00000041`, and a line break that is none. Returns how many characters it was.
fn backslash(text: &[Char], undone: &mut Text) -> Option<usize> {
    let at = text[0].at;
    let next = text.get(1)?.c;
    match next {
        'u' | 'U' | 'x' | 'X' => {
            let (value, taken) = code(text)?;
            let (c, taken) = match value {
                0xd800..=0xdbff => {
                    let low =
                        code(&text[taken..]).filter(|(low, _)| (0xdc00..0xe000).contains(low));
                    let pair = low.map(|(low, more)| {
                        let value = 0x1_0000 + ((value - 0xd800) << 10) + (low - 0xdc00);
                        (char::from_u32(value), taken + more)
                    });
                    pair.unwrap_or((None, taken))
                }
                _ => (char::from_u32(value), taken),
            };
            undone.extend(c.map(|c| Char { c, at }));
            Some(taken)
        }
        _ if "nrtbfva0NRTBFVA".contains(next) => {
            let c = match next {
                'r' | 'R' => '\r',
                't' | 'T' => '\t',
                _ => '\n',
            };
            undone.push(Char { c, at });
            Some(2)
        }
        '\n' | '\r' => Some(2),
        '"' | '\'' | '/' | '\\' => {
            undone.push(Char { c: next, at });
            Some(2)
        }
        _ => None,
    }
}

/// The value of `\x41` and the like, and how many characters it was.
fn code(text: &[Char]) -> Option<(u32, usize)> {
    if text.first()?.c != '\\' {
        return None;
    }
    let digits = |from: usize, count: usize| number(text.get(from..from + count)?);
    match text.get(1)?.c {
        'x' | 'X' => Some((digits(2, 2)?, 4)),
        'u' | 'U' if text.get(2)?.c == '{' => {
            let end = text.iter().take(10).position(|char| char.c == '}')?;
            Some((number(&text[3..end])?, end + 1))
        }
        'U' if digits(2, 8).is_some_and(|value| value < 0x11_0000) => Some((digits(2, 8)?, 10)),
        'u' | 'U' => Some((digits(2, 4)?, 6)),
        _ => None,
    }
}

/// The value of hexadecimal digits.
fn number(digits: &[Char]) -> Option<u32> {
    let mut digits = digits.iter().map(|digit| digit.c.to_digit(16));
    let first = digits.next()??;
    digits.try_fold(first, |value, digit| Some(value * 16 + digit?))
}

/// `&amp;`, `&#38;`, `&#x26;`.
fn entity(text: &[Char], undone: &mut Text) -> Option<usize> {
    let end = text
        .iter()
        .take(LONGEST_ENTITY)
        .position(|char| char.c == ';')?;
    let name = string(&text[..=end]);
    let decoded = |name: &str| {
        let decoded = html_escape::decode_html_entities(name);
        (decoded != name).then(|| decoded.into_owned())
    };
    let decoded = decoded(&name).or_else(|| decoded(&name.to_lowercase()))?;
    let at = text[0].at;
    undone.extend(decoded.chars().map(|c| Char { c, at }));
    Some(end + 1)
}

/// `%C3%A9`, `=C3=A9`, and the line break behind a `=` that is none, between the bytes of one character too. Bytes that are
/// no character yet stay: what stands between them may be another escape.
fn hexadecimal(text: &[Char], undone: &mut Text) -> Option<usize> {
    let (sign, at) = (text[0].c, text[0].at);
    let (mut taken, mut bytes, mut ends) = (0, vec![], vec![]);
    while let [first, digits @ ..] = &text[taken..]
        && first.c == sign
    {
        if let Some(byte) = digits.get(..2).and_then(number) {
            taken += 3;
            bytes.push(byte as u8);
            ends.push(taken);
        } else if let Some(blanks) = folded(digits).filter(|_| sign == '=') {
            taken += 1 + blanks;
            if bytes.is_empty() {
                return Some(taken);
            }
        } else {
            break;
        }
    }
    let valid = bytes.utf8_chunks().next()?.valid();
    undone.extend(valid.chars().map(|c| Char { c, at }));
    Some(ends[valid.len().checked_sub(1)?])
}

/// How many characters are blanks up to the end of a line, if nothing else stands there.
fn folded(text: &[Char]) -> Option<usize> {
    let is_blank = |char: &&Char| matches!(char.c, ' ' | '\t' | '\r');
    let blanks = text.iter().take_while(is_blank).count();
    (text.get(blanks)?.c == '\n').then_some(blanks + 1)
}

/// What sets a terminal's colour.
fn terminal(text: &[Char], _: &mut Text) -> Option<usize> {
    if text.get(1)?.c != '[' {
        return None;
    }
    let mut inside = text[2..].iter().take(LONGEST_COLOUR);
    let end = inside.position(|char| char.c.is_ascii_alphabetic());
    end.map(|end| end + 3)
}

#[cfg(test)]
mod tests {
    use super::super::text::text;
    use super::*;

    fn undone(escaped: &str) -> String {
        string(&undo(text(escaped.as_bytes())))
    }

    #[test]
    fn escapes_are_undone_to_the_end() {
        let cases = [
            (
                r"caf\u00e9 \ud83d\ude00 \x41\u{42}\U00000043",
                "café 😀 ABC",
            ),
            (r#"\\\"a\\\nb"#, "\"ab"),
            ("&amp;lt;b&#38;gt; &eacute;&#xE9;&EACUTE;", "<b> ééé"),
            ("caf%C3%A9 =E2=\r\n=82=AC a=\r\nb", "café € ab"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            (r"\u0026lt;", "<"),
            (r"\q & x; 100% \u12 =", r"\q & x; 100% \u12 ="),
        ];
        for (escaped, plain) in cases {
            assert_eq!(undone(escaped), plain, "{escaped}");
        }
    }
}
