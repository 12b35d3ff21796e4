//! Text without what stands around every line of it: the frame of a stream's events, a log's prefix, a program's quotation.

use super::text::{Char, Text};
use std::collections::HashMap;

/// Lines with one frame, at least.
const LINES: usize = 3;

/// Characters of a frame at most.
const LONGEST: usize = 512;

/// Beginnings that are tried in place of the commonest.
const TRIED: usize = 16;

/// How many lines there may be to an event: its number, its time, its text.
pub(super) const LINES_OF_AN_EVENT: std::ops::RangeInclusive<usize> = 1..=3;

/// The text without the beginning, and without the end, that most neighbouring lines share; numbers count as equal. None where no
/// beginning or end is shared by so many.
///
/// Lines end at `end_of_line`, which may also be the end of an object of JSON. Neighbours are lines that stand `apart` lines apart, as
/// those of an event do that has several.
pub(super) fn without_frames(text: &Text, end_of_line: char, apart: usize) -> Option<Text> {
    let lines: Vec<&[Char]> = text
        .split_inclusive(|char| char.c == end_of_line)
        .filter(|line| line.iter().any(|char| !char.c.is_whitespace()))
        .collect();
    let frames: Vec<(String, String)> = (0..apart)
        .map(|first| {
            let lines = || lines.iter().skip(first).step_by(apart);
            let begins: Vec<String> = lines().map(|line| shape(line.iter())).collect();
            let ends: Vec<String> = lines().map(|line| shape(line.iter().rev())).collect();
            (shared(&begins), shared(&ends))
        })
        .collect();
    let is_framed = |(begin, end): &(String, String)| !begin.is_empty() || !end.is_empty();
    if !frames.iter().any(is_framed) {
        return None;
    }
    let mut kept = Vec::with_capacity(text.len());
    for (line, (begin, end)) in lines.iter().zip(frames.iter().cycle()) {
        let start = framed(line.iter(), begin);
        let cut = framed(line.iter().rev(), end);
        let left = line.get(start..line.len().saturating_sub(cut));
        kept.extend_from_slice(left.unwrap_or(&[]));
    }
    Some(kept)
}

/// A line's first characters, every number the same.
fn shape<'a>(line: impl Iterator<Item = &'a Char>) -> String {
    let mut shape = String::new();
    for char in line.take(LONGEST) {
        match char.c.is_ascii_digit() {
            true if shape.ends_with('0') => {}
            true => shape.push('0'),
            false => shape.push(char.c),
        }
    }
    shape
}

/// How many characters of a line are this frame; none where it has another.
fn framed<'a>(line: impl Iterator<Item = &'a Char> + Clone, frame: &str) -> usize {
    let mut rest = frame.chars().peekable();
    let mut count = 0;
    let mut is_number = false;
    for char in line {
        let is_digit = char.c.is_ascii_digit();
        if !(is_digit && is_number) {
            match rest.peek() {
                None => return count,
                Some('0') if is_digit => {}
                Some(&c) if c == char.c && !is_digit => {}
                Some(_) => return 0,
            }
            rest.next();
        }
        is_number = is_digit;
        count += 1;
    }
    match rest.peek() {
        None => count,
        Some(_) => 0,
    }
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
        without_frames(&text(lines.as_bytes()), '\n', 1).map(|text| string(&text))
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
        let left = string(&without_frames(&pieces, '}', 1).unwrap());
        let letters: String = left.chars().filter(|c| c.is_alphabetic()).collect();
        assert!(letters.ends_with("gateisshut"), "{left}");
        let counted: String = (8..14)
            .zip(["the", "gate", "is", "shut", "at", "noon"])
            .map(|(at, word)| format!("data: {{\"n\":{at},\"d\":\"{word}\"}}\n"))
            .collect();
        let left = without(&counted).unwrap();
        let letters: String = left.chars().filter(|c| c.is_alphanumeric()).collect();
        assert_eq!(letters, "thegateisshutatnoon");
        let subtitles = text(b"8\n00:00:01,5 --> 00:00:02,25\nthe gate\n\n9\n00:00:03,5 --> 00:00:04,5\nis shut\n\n10\n00:00:10,5 --> 00:00:12,5\nat noon\n\n11\n00:01:10,5 --> 00:01:12,5\nand midnight\n");
        let left = string(&without_frames(&subtitles, '\n', 3).unwrap());
        assert_eq!(left, "the gate\nis shut\nat noon\nand midnight\n");
        assert_eq!(without("one\ntwo\nthree\nfour\n"), None);
    }
}
