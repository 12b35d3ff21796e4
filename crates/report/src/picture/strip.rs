//! Where in a document the mark was found.

use super::frame::{LETTERS, WIDTH, frame};
use super::pen::{GREY, INK, at, label};
use crate::words::count;
use maud::{Markup, html};

const HEIGHT: f64 = 46.0;
const BAR: f64 = 20.0;

/// A document as a bar of its tokens, with the marked passages dark. Ranges go to behind the last token.
pub(crate) fn strip(id: &str, name: &str, tokens: u64, passages: &[[usize; 2]]) -> Markup {
    let place = |token: usize| WIDTH * (token as f64 / (tokens.max(1) as f64)).min(1.0);
    let described: Vec<String> = passages
        .iter()
        .map(|[from, to]| format!("tokens {} to {}", count(*from as u64), count(*to as u64)))
        .collect();
    frame(
        id,
        HEIGHT,
        &format!("Where the mark was found in {name}"),
        &format!(
            "A bar of {} tokens. Marked: {}.",
            count(tokens),
            described.join("; ")
        ),
        &html! {
            rect x="0.5" y="0.5" width=(at(WIDTH - 1.0)) height=(at(BAR)) fill="#fff" stroke=(GREY) {}
            @for &[from, to] in passages {
                rect x=(at(place(from))) y="0.5" width=(at((place(to) - place(from)).max(1.5))) height=(at(BAR)) fill=(INK) {}
            }
            (label((0.0, BAR + LETTERS + 4.0), "start", "0"))
            (label((WIDTH, BAR + LETTERS + 4.0), "end", &format!("{} tokens", count(tokens))))
        },
    )
}
