//! Effects with their intervals, one row for each key.

use super::axis::Axis;
use super::frame::{LETTERS, WIDTH, frame};
use super::pen::{GREY, INK, at, label, line, short};
use crate::words::decimals;
use maud::{Markup, html};

const LEFT: f64 = 140.0;
const RIGHT: f64 = WIDTH - 16.0;
const ROW: f64 = 26.0;
const TOP: f64 = 30.0;

/// An effect with its interval.
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The smallest value that would have been found.
    pub(crate) visible: Option<f64>,
}

/// Values with intervals against `null`, which is what no dependence gives.
pub(crate) fn effects(id: &str, bars: &[Bar], null: f64, what: &str) -> Markup {
    let values = bars
        .iter()
        .flat_map(|bar| [bar.value, bar.low, bar.high, bar.visible.unwrap_or(null)]);
    let axis = Axis::over(values.chain([null]), LEFT, RIGHT);
    let bottom = TOP + ROW * bars.len() as f64;
    let mut described = String::new();
    for bar in bars {
        described.push_str(&format!(
            " {}: {} ({} to {}).",
            bar.name,
            decimals(bar.value, 4),
            decimals(bar.low, 4),
            decimals(bar.high, 4)
        ));
    }
    let zero = axis.place(null);
    frame(
        id,
        bottom + 48.0,
        &format!("Effects with their intervals: {what}"),
        &format!(
            "Without dependence on a key the value is {}.{described}",
            decimals(null, 4)
        ),
        &html! {
            (line((zero, TOP - 10.0), (zero, bottom), GREY, 1.2, "4 4"))
            (label((zero, TOP - 15.0), if zero < WIDTH / 2.0 { "start" } else { "end" }, "no dependence"))
            @for (row, bar) in bars.iter().enumerate() {
                @let y = TOP + ROW * (row as f64 + 0.5);
                (label((LEFT - 10.0, y + LETTERS / 3.0), "end", &short(&bar.name, 17)))
                (line((axis.place(bar.low), y), (axis.place(bar.high), y), INK, 2.0, ""))
                @for end in [bar.low, bar.high] {
                    (line((axis.place(end), y - 5.0), (axis.place(end), y + 5.0), INK, 2.0, ""))
                }
                circle cx=(at(axis.place(bar.value))) cy=(at(y)) r="4.5" {}
                @if let Some(visible) = bar.visible {
                    path d={ "M" (at(axis.place(visible))) " " (at(y - 6.0)) "l5 6l-5 6l-5 -6z" } fill="#fff" stroke=(GREY) stroke-width="1.2" {}
                }
            }
            (axis.below(bottom, what))
        },
    )
}
