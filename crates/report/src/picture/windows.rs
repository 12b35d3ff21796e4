//! Evidence behind each window of weeks.

use super::axis::Axis;
use super::frame::{LETTERS, WIDTH, frame};
use super::pen::{GREY, INK, at, label, line, short};
use crate::words::decimals;
use maud::{Markup, html};

const HEIGHT: f64 = 240.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 188.0;
const RIGHT: f64 = WIDTH - 96.0;

/// Lines of log10 E, one for each group, with a point behind each window.
pub(crate) fn windows(id: &str, groups: &[(String, &[f64])]) -> Markup {
    let most = groups.iter().map(|(_, e)| e.len()).max().unwrap_or(0);
    let across = Axis::over([0.0, most.max(1) as f64], LEFT, RIGHT);
    let all = groups.iter().flat_map(|(_, e)| e.iter().copied());
    let up = Axis::over(all.chain([0.0]), BOTTOM, TOP);
    let mut described = String::new();
    for (name, e) in groups {
        let e: Vec<String> = e.iter().map(|e| decimals(*e, 1)).collect();
        described.push_str(&format!(" {name}: {}.", e.join(", ")));
    }
    let zero = up.place(0.0);
    frame(
        id,
        HEIGHT,
        "Evidence behind each window",
        &format!("log10 E after each window of weeks, in order. At 0 it says nothing.{described}"),
        &html! {
            (label((4.0, 13.0), "start", "log10 E"))
            (up.beside(LEFT, RIGHT))
            (line((LEFT, zero), (RIGHT, zero), GREY, 1.2, "4 4"))
            @for (name, e) in groups {
                @let places: Vec<(f64, f64)> = std::iter::once(0.0).chain(e.iter().copied()).enumerate().map(|(window, e)| (across.place(window as f64), up.place(e))).collect();
                @let path: Vec<String> = places.iter().map(|(x, y)| format!("{},{}", at(*x), at(*y))).collect();
                polyline points=(path.join(" ")) fill="none" stroke=(INK) stroke-width="1.8" {}
                @for (x, y) in &places { circle cx=(at(*x)) cy=(at(*y)) r="3" {} }
                @if let Some((x, y)) = places.last() { (label((x + 7.0, y + LETTERS / 3.0), "start", &short(name, 12))) }
            }
            (across.below(BOTTOM, "windows of the weeks that test"))
        },
    )
}
