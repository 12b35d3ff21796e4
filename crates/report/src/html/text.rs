//! Text as HTML.

use crate::page::{Span, Text};
use maud::{Markup, html};

/// Spans, with what others wrote kept from turning our words round.
pub(super) fn text(text: &Text) -> Markup {
    html! {
        @for span in text.spans() {
            @match span {
                Span::Words(words) => { (raised(words)) }
                Span::Strong(words) => { strong { (raised(words)) } }
                Span::Given(words) => { bdi { (words) } }
                Span::Code(words) => { code { (words) } }
                Span::Marked(words) => { mark { (words) } }
            }
        }
    }
}

const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/// Raised figures as such: few fonts draw all of them alike.
fn raised(words: &str) -> Markup {
    let lowered = |c: char| match RAISED.chars().position(|raised| raised == c) {
        Some(digit) => char::from_digit(digit as u32, 10),
        None => (c == '⁻').then_some('−'),
    };
    let mut rest = words;
    html! {
        @while let Some(from) = rest.find(|c| lowered(c).is_some()) {
            @let (before, after) = rest.split_at(from);
            @let to = after.find(|c| lowered(c).is_none()).unwrap_or(after.len());
            (before)
            sup { (after[..to].chars().filter_map(lowered).collect::<String>()) }
            ({ rest = &after[to..]; "" })
        }
        (rest)
    }
}
