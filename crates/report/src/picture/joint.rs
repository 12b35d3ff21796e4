//! Joint minutes of groups beside what their own habits lead to expect.

use super::axis::Axis;
use super::frame::{LETTERS, WIDTH, frame};
use super::pen::{GREY, INK, PALE, at, label, short};
use crate::words::{count, decimals};
use maud::{Markup, html};

const LEFT: f64 = 110.0;
const RIGHT: f64 = WIDTH - 16.0;
const ROW: f64 = 40.0;
const TOP: f64 = 26.0;

/// A group's pairs of accounts in one minute.
pub(crate) struct Joint {
    pub(crate) name: String,
    pub(crate) seen: u64,
    /// The same, on average, of its surrogates.
    pub(crate) expected: f64,
    /// Their standard deviation.
    pub(crate) spread: f64,
}

/// Two bars for each group.
pub(crate) fn joint(id: &str, groups: &[Joint]) -> Markup {
    let values = groups
        .iter()
        .flat_map(|of| [of.seen as f64, of.expected + 2.0 * of.spread]);
    let axis = Axis::over(values.chain([0.0]), LEFT, RIGHT);
    let bottom = TOP + ROW * groups.len() as f64;
    let mut described = String::new();
    for of in groups {
        described.push_str(&format!(
            " {}: {} seen, {} expected, with a standard deviation of {}.",
            of.name,
            count(of.seen),
            decimals(of.expected, 0),
            decimals(of.spread, 0)
        ));
    }
    let from = axis.place(0.0);
    let bar = |y: f64, value: f64, fill: &str, edge: &str| {
        let width = (axis.place(value) - from).max(0.0);
        html! { rect x=(at(from)) y=(at(y)) width=(at(width)) height="13" fill=(fill) stroke=(edge) stroke-width="0.8" {} }
    };
    let around = |y: f64, of: &Joint| {
        let ends = [-2.0, 2.0].map(|times| axis.place((of.expected + times * of.spread).max(0.0)));
        html! { line x1=(at(ends[0])) x2=(at(ends[1])) y1=(at(y)) y2=(at(y)) stroke=(INK) stroke-width="1.2" {} }
    };
    frame(
        id,
        bottom + 48.0,
        "Pairs of accounts in one minute, seen and expected",
        &format!(
            "Expected is the mean of surrogates, in which each account exchanges hours of its own.{described}"
        ),
        &html! {
            (label((LEFT, 14.0), "start", "dark: seen; pale: expected by the accounts' own habits"))
            @for (row, of) in groups.iter().enumerate() {
                @let y = TOP + ROW * row as f64;
                (label((LEFT - 8.0, y + 14.0 + LETTERS / 3.0), "end", &short(&of.name, 13)))
                (bar(y, of.seen as f64, INK, INK))
                (bar(y + 15.0, of.expected, PALE, GREY))
                (around(y + 21.5, of))
            }
            (axis.below(bottom, "pairs of accounts in one minute"))
        },
    )
}
