//! Passages of somebody else's text, in what stands around them.

use super::clean::clean;
use super::text::{MOST_IN_CODE, Span, Text};

/// Characters before and behind a passage that are shown.
const AROUND: usize = 300;

/// Characters of one passage that are shown.
const MOST_IN_PASSAGE: usize = 4_000;

/// The lines of a text with these passages, cleaned and cut: of what stands far from all passages it is said how much it is. Nothing where
/// a range is empty or no place in the text, or begins before the one before it ends.
pub(super) fn lines(text: &str, passages: &[[usize; 2]]) -> Option<Vec<Text>> {
    let mut shown = Shown::default();
    let mut end = 0;
    for (number, &[from, to]) in passages.iter().enumerate() {
        let before = text.get(end..from)?;
        let own = text.get(from..to).filter(|own| !own.is_empty())?;
        shown.between(before, end > 0, true);
        if shown.characters > MOST_IN_CODE {
            let more = passages.len() - number;
            shown.add(
                Span::Words,
                &format!("… ({more} more passages)"),
                usize::MAX,
            );
            return Some(shown.lines());
        }
        shown.add(Span::Marked, own, MOST_IN_PASSAGE);
        end = to;
    }
    shown.between(&text[end..], end > 0, false);
    Some(shown.lines())
}

/// Lines so far.
#[derive(Default)]
struct Shown {
    lines: Vec<Vec<Span>>,
    last: Vec<Span>,
    characters: usize,
}

impl Shown {
    /// Adds what stands between two passages, or before or behind all.
    fn between(&mut self, text: &str, is_behind: bool, is_before: bool) {
        let ends = |most: usize| {
            text.char_indices()
                .nth(most)
                .map_or(text.len(), |(at, _)| at)
        };
        let first = if is_behind { ends(AROUND) } else { 0 };
        let last = text.char_indices().rev().nth(AROUND.saturating_sub(1));
        let last = if is_before {
            last.map_or(0, |(at, _)| at)
        } else {
            text.len()
        };
        if first >= last {
            return self.add(Span::Given, text, usize::MAX);
        }
        self.add(Span::Given, &text[..first], usize::MAX);
        let left_out = format!(" … ({} bytes) … ", last - first);
        self.add(Span::Words, &left_out, usize::MAX);
        self.add(Span::Given, &text[last..], usize::MAX);
    }

    /// Adds text of one kind, cleaned, with its lines.
    fn add(&mut self, kind: impl Fn(String) -> Span, text: &str, most: usize) {
        let cleaned = clean(text, most, true);
        self.characters += cleaned.chars().count();
        for (number, line) in cleaned.split('\n').enumerate() {
            if number > 0 {
                self.lines.push(std::mem::take(&mut self.last));
            }
            if !line.is_empty() {
                self.last.push(kind(line.to_owned()));
            }
        }
    }

    fn lines(mut self) -> Vec<Text> {
        self.lines.push(self.last);
        let lines = self.lines.into_iter();
        lines
            .filter(|line| !line.is_empty())
            .map(Text::of)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, passages: &[[usize; 2]]) -> Option<String> {
        let lines = lines(text, passages)?;
        let of = |line: &Text| -> String {
            let spans = line.spans().iter();
            spans
                .map(|span| match span {
                    Span::Marked(text) => format!("[{text}]"),
                    span => span.text().to_owned(),
                })
                .collect()
        };
        Some(lines.iter().map(of).collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn passages_stand_in_their_text() {
        let text = "one two\nthree four";
        assert_eq!(
            shown(text, &[[4, 13], [14, 18]]).unwrap(),
            "one [two]|[three] [four]"
        );
        assert_eq!(shown(text, &[]).unwrap(), " … (18 bytes) … ");
    }

    #[test]
    fn what_is_far_from_passages_is_left_out_and_counted() {
        let text = format!("{}é{}x", "a".repeat(1_000), "b".repeat(2_000));
        let shown = shown(&text, &[[1_000, 1_002], [3_002, 3_003]]).unwrap();
        let expected = format!(
            " … (700 bytes) … {}[é]{} … (1400 bytes) … {}[x]",
            "a".repeat(300),
            "b".repeat(300),
            "b".repeat(300)
        );
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_hides_or_turns_text_is_spelled_out() {
        let text = "a\u{202e}b\u{200b}<c>\u{1b}";
        assert_eq!(
            shown(text, &[[0, text.len()]]).unwrap(),
            "[a⟨U+202E⟩b⟨U+200B⟩<c>⟨U+001B⟩]"
        );
    }

    #[test]
    fn places_that_are_none_are_refused() {
        for passages in [
            &[[0, 4]][..],
            &[[1, 2]],
            &[[0, 0]],
            &[[2, 3], [0, 2]],
            &[[3, 2]],
        ] {
            assert_eq!(shown("éa", passages), None, "{passages:?}");
        }
    }

    #[test]
    fn a_page_of_passages_ends() {
        let text = "ab".repeat(100_000);
        let passages: Vec<[usize; 2]> = (0..100_000).map(|n| [2 * n, 2 * n + 1]).collect();
        let shown = shown(&text, &passages).unwrap();
        assert!(shown.chars().count() < 3 * MOST_IN_CODE, "{}", shown.len());
        assert!(shown.ends_with("more passages)"));
    }
}
