//! What is left without each source of answers.

use super::axis::Axis;
use super::frame::{LETTERS, WIDTH, frame};
use super::pen::{GREY, INK, at, label, line, short};
use crate::words;
use hallmark_detector::tail::Log10P;
use maud::{Markup, html};

const LEFT: f64 = 152.0;
const RIGHT: f64 = WIDTH - 16.0;
const ROW: f64 = 24.0;
const TOP: f64 = 30.0;

/// What is left without a source.
pub(crate) struct Without<'a> {
    pub(crate) source: &'a str,
    pub(crate) log10_p: Log10P,
}

/// log10 p without each source, against `all`, log10 p with all of them, and the level.
pub(crate) fn sources(
    id: &str,
    key: &str,
    rows: &[Without<'_>],
    all: Option<f64>,
    level: f64,
) -> Markup {
    let level = level.log10();
    let values = rows
        .iter()
        .map(|row| row.log10_p.value())
        .chain(all)
        .chain([0.0, level]);
    let axis = Axis::over(values, LEFT, RIGHT);
    let bottom = TOP + ROW * rows.len() as f64;
    let mut described = String::new();
    for row in rows {
        described.push_str(&format!(
            " Without {}: {}.",
            row.source,
            words::log10_p(row.log10_p)
        ));
    }
    let zero = axis.place(0.0);
    frame(
        id,
        bottom + 48.0,
        &format!("Leaving out one source at a time, key {key}"),
        &format!("log10 p of the sum of scores without each source.{described}"),
        &html! {
            (line((axis.place(level), TOP - 8.0), (axis.place(level), bottom), GREY, 1.2, "4 4"))
            (label((axis.place(level), TOP - 14.0), "end", "level"))
            @if let Some(all) = all {
                (line((axis.place(all), TOP - 8.0), (axis.place(all), bottom), INK, 1.2, ""))
                (label((axis.place(all), TOP - 14.0), "start", "all sources"))
            }
            @for (number, row) in rows.iter().enumerate() {
                @let y = TOP + ROW * (number as f64 + 0.5);
                @let end = axis.place(row.log10_p.value());
                (label((LEFT - 8.0, y + LETTERS / 3.0), "end", &short(row.source, 21)))
                (line((zero, y), (end, y), GREY, 1.0, "1 3"))
                circle cx=(at(end)) cy=(at(y)) r="4.5" {}
            }
            (axis.below(bottom, "log10 p without it: further left is stronger"))
        },
    )
}
