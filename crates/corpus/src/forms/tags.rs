//! Text without the tags of HTML.

use super::text::{Char, Text, string};

/// Characters of a tag at most; what is longer is taken for text.
const LONGEST: usize = 2048;

/// The text without tags, where there are any.
pub(super) fn without_tags(text: &Text) -> Option<Text> {
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some(first) = rest.first() {
        let end = (first.c == '<').then(|| end_of_tag(rest)).flatten();
        // A tag may stand for a line break; between letters one is none.
        let c = if end.is_some() { '\n' } else { first.c };
        kept.push(Char { c, at: first.at });
        rest = &rest[end.unwrap_or(1)..];
    }
    (kept.len() < text.len()).then_some(kept)
}

/// How long the tag is that stands here, if one does: its name is a word, and no other tag begins in it.
fn end_of_tag(text: &[Char]) -> Option<usize> {
    let inside = text[1..].iter().take(LONGEST);
    let end = 1 + inside
        .clone()
        .position(|char| matches!(char.c, '<' | '>'))?;
    if text[end].c != '>' {
        return None;
    }
    if string(&text[1..end.min(4)]).starts_with("!--") {
        return Some(end + 1);
    }
    let name = match text[1].c {
        '/' | '!' | '?' => text[2],
        _ => text[1],
    };
    name.c.is_ascii_alphabetic().then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::super::text::text;
    use super::*;

    #[test]
    fn tags_go_and_comparisons_stay() {
        let without = |html: &str| without_tags(&text(html.as_bytes())).map(|text| string(&text));
        let html = "<p class=\"a\">one<br/>two</p><!-- note -->";
        assert_eq!(without(html).as_deref(), Some("\none\ntwo\n\n"));
        assert_eq!(without("if a < b and c > d, a <b then"), None);
        assert_eq!(without("a <b then</i>").as_deref(), Some("a <b then\n"));
    }
}
