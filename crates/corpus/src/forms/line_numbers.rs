//! Text without the numbers that a listing puts before its lines.

use super::text::{Char, Text};

/// Numberings that may stand before one another.
const MOST: usize = 3;

/// Which numbers are taken for lines' numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// The first of every line.
    First,
    /// The first of a line where it is one more than the last.
    Counting,
    /// Those that count up by one, wherever they stand: lines may have been joined.
    Joined,
}

/// Gives on the text without the first number of every line, without two, and so on; then the same where only numbers that count up by
/// one are taken for lines' numbers. Not the text itself.
pub(super) fn without_numbers(text: &Text, take: &mut dyn FnMut(&Text)) {
    if !text.iter().any(|char| char.c.is_ascii_digit()) {
        return;
    }
    for numbers in [Numbers::First, Numbers::Counting, Numbers::Joined] {
        let mut without = without_number(text, numbers);
        for left in (0..MOST).rev() {
            let Some(from) = without else {
                break;
            };
            take(&from);
            without = match left {
                0 => None,
                _ => without_number(&from, numbers),
            };
        }
    }
}

fn without_number(text: &[Char], numbers: Numbers) -> Option<Text> {
    let mut kept = Vec::with_capacity(text.len());
    let mut last = None;
    let joined = |a: &Char, _: &Char| a.c.is_alphanumeric();
    let lines = |a: &Char, _: &Char| a.c != '\n';
    let pieces: Box<dyn Iterator<Item = &[Char]>> = match numbers {
        Numbers::Joined => Box::new(text.chunk_by(joined)),
        _ => Box::new(text.chunk_by(lines)),
    };
    for piece in pieces {
        let is_next = |value: u64| last.is_none_or(|last: u64| last.checked_add(1) == Some(value));
        let number = number_of(piece);
        match number.filter(|&(_, _, value)| numbers == Numbers::First || is_next(value)) {
            Some((start, end, value)) => {
                kept.extend_from_slice(&piece[..start]);
                kept.extend_from_slice(&piece[end..]);
                last = Some(value);
            }
            None => kept.extend_from_slice(piece),
        }
    }
    (kept.len() < text.len()).then_some(kept)
}

/// Where the number of a line or word stands: behind what is no letter, and no letter right behind it.
fn number_of(line: &[Char]) -> Option<(usize, usize, u64)> {
    let start = line.iter().position(|char| char.c.is_alphanumeric())?;
    let digits = line[start..]
        .iter()
        .map_while(|char| char.c.to_digit(10))
        .take(18);
    let value = digits
        .clone()
        .fold(0, |value, digit| value * 10 + u64::from(digit));
    let end = start + digits.count();
    let is_number = end > start && !line.get(end).is_some_and(|char| char.c.is_alphanumeric());
    is_number.then_some((start, end, value))
}

#[cfg(test)]
mod tests {
    use super::super::text::{string, text};
    use super::*;

    #[test]
    fn numbers_of_lines_go_one_after_another() {
        let forms = |lines: &str| {
            let mut forms: Vec<String> = vec![];
            without_numbers(&text(lines.as_bytes()), &mut |form| {
                let form = string(form);
                if !forms.contains(&form) {
                    forms.push(form);
                }
            });
            forms
        };
        assert_eq!(
            forms("1: 4. a\n2: b\n42 c\n"),
            [
                ": 4. a\n: b\n c\n",
                ": . a\n: b\n c\n",
                ": 4. a\n: b\n42 c\n",
                ": . a\n: b\n42 c\n"
            ]
        );
        assert!(forms("a1\n2nd\n").is_empty());
    }
}
