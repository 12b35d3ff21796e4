//! Text without what stands around every line of it: the frame of a stream's events, a log's prefix, a program's quotation.

use super::text::{Char, Text};
use std::collections::HashMap;

/// Lines with one frame, at least.
const LINES: usize = 3;

/// Characters of a frame at most.
const LONGEST: usize = 512;

/// Beginnings that are tried in place of the commonest.
const TRIED: usize = 16;

/// The text without the beginning, and without the end, that most neighbouring lines share; digits count as equal. None where no
/// beginning or end is shared by so many.
///
/// Lines end at `end_of_line`, which may also be the end of an object of JSON.
pub(super) fn without_frames(text: &Text, end_of_line: char) -> Option<Text> {
    let lines: Vec<&[Char]> = text
        .split_inclusive(|char| char.c == end_of_line)
        .filter(|line| line.iter().any(|char| !char.c.is_whitespace()))
        .collect();
    let begins: Vec<String> = lines.iter().map(|line| shape(line.iter())).collect();
    let ends: Vec<String> = lines.iter().map(|line| shape(line.iter().rev())).collect();
    let (begin, end) = (shared(&begins), shared(&ends));
    if begin.is_empty() && end.is_empty() {
        return None;
    }
    let mut kept = Vec::with_capacity(text.len());
    for ((line, from), to) in lines.iter().zip(&begins).zip(&ends) {
        let start = if from.starts_with(&begin) {
            begin.chars().count()
        } else {
            0
        };
        let cut = if to.starts_with(&end) {
            end.chars().count()
        } else {
            0
        };
        kept.extend_from_slice(
            line.get(start..line.len().saturating_sub(cut))
                .unwrap_or(&[]),
        );
    }
    Some(kept)
}

/// A line's first characters, every digit the same.
fn shape<'a>(line: impl Iterator<Item = &'a Char>) -> String {
    let shape = line
        .take(LONGEST)
        .map(|char| if char.c.is_ascii_digit() { '0' } else { char.c });
    shape.collect()
}

/// What most neighbours begin with: the commonest beginning that two of them share, where it has a letter.
fn shared(lines: &[String]) -> String {
    let mut found: HashMap<&str, usize> = HashMap::new();
    for pair in lines.windows(2) {
        let same = pair[0].chars().zip(pair[1].chars());
        let bytes = same
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        *found.entry(&pair[0][..bytes]).or_default() += 1;
    }
    let letters = |text: &&str| text.chars().any(char::is_alphanumeric);
    let mut found: Vec<(&str, usize)> = found
        .into_iter()
        .filter(|(text, _)| letters(text))
        .collect();
    found.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    // The shortest of those that differ by a letter that two neighbours happen to share.
    let Some(&(first, _)) = found.first() else {
        return String::new();
    };
    let begins = |with: &str| lines.iter().filter(|line| line.starts_with(with)).count();
    let mut best = first;
    for &(text, _) in found.iter().take(TRIED) {
        if text.len() < best.len() && best.starts_with(text) && begins(text) > begins(best) {
            best = text;
        }
    }
    match begins(best) >= LINES && 2 * begins(best) >= lines.len() {
        true => best.to_owned(),
        false => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::{string, text};
    use super::*;

    fn without(lines: &str) -> Option<String> {
        without_frames(&text(lines.as_bytes()), '\n').map(|text| string(&text))
    }

    #[test]
    fn what_stands_around_every_line_goes() {
        let event = |text: &str| {
            format!(
                "data: {{\"created\":17,\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
            )
        };
        let stream: String = ["The", " gate", " is", " shut", " at", " noon"]
            .map(event)
            .concat();
        let left = without(&stream).unwrap();
        let letters: String = left.chars().filter(|c| c.is_alphabetic()).collect();
        assert_eq!(letters, "Thegateisshutatnoon");
        let log = "12:30:01 INFO root: the gate\n12:30:02 INFO root: is shut\n12:30:59 INFO root: at noon\n";
        assert_eq!(
            without(log).as_deref(),
            Some("the gate\nis shut\nat noon\n")
        );
        let pieces =
            text(br#"[{"text": "The"}, {"text": " gate"}, {"text": " is"}, {"text": " shut"}]"#);
        let left = string(&without_frames(&pieces, '}').unwrap());
        let letters: String = left.chars().filter(|c| c.is_alphabetic()).collect();
        assert!(letters.ends_with("gateisshut"), "{left}");
        assert_eq!(without("one\ntwo\nthree\nfour\n"), None);
    }
}
