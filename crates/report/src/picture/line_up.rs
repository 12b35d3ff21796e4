//! The line-up: a histogram of the decoys, with the true key.

use super::axis::Axis;
use super::frame::{WIDTH, frame};
use super::pen::{GREY, INK, PALE, at, label, line};
use crate::LineUp;
use crate::words::{count, decimals};
use maud::{Markup, html};

const HEIGHT: f64 = 260.0;
const TOP: f64 = 60.0;
const BOTTOM: f64 = 208.0;
const BINS: usize = 48;

/// A histogram of the decoys' sums, and where the key's own stands. `unit` is that of the sums.
pub(crate) fn line_up(id: &str, key: &str, of: &LineUp, unit: &str) -> Markup {
    let sums = || of.decoys.iter().copied();
    let axis = Axis::over(sums().chain([of.own]), 40.0, WIDTH - 12.0);
    let mut bins = [0_u64; BINS];
    for sum in sums().filter(|sum| sum.is_finite()) {
        bins[axis.bin(sum, BINS)] += 1;
    }
    let most = bins.iter().copied().max().unwrap_or(0).max(1);
    let own = axis.place(of.own);
    let anchor = match own / WIDTH {
        share if share > 0.7 => "end",
        share if share < 0.3 => "start",
        _ => "middle",
    };
    let width = (WIDTH - 52.0) / BINS as f64;
    let above = sums().filter(|&sum| sum >= of.own).count() as u64;
    let best = sums()
        .filter(|sum| sum.is_finite())
        .fold(f64::NEG_INFINITY, f64::max);
    let description = format!(
        "A histogram of the sums of scores under {} decoys, the largest of them {}. The sum under the key is {}: {} decoys reach it.",
        count(of.decoys.len() as u64),
        decimals(best, 1),
        decimals(of.own, 1),
        count(above)
    );
    frame(
        id,
        HEIGHT,
        &format!("Line-up of key {key}"),
        &description,
        &html! {
            (label((40.0, 14.0), "start", &format!("bars: decoys, at most {} in one", count(most))))
            @for (number, &decoys) in bins.iter().enumerate().filter(|bin| *bin.1 > 0) {
                @let height = (BOTTOM - TOP) * decoys as f64 / most as f64;
                rect x=(at(40.0 + width * number as f64)) y=(at(BOTTOM - height)) width=(at(width)) height=(at(height))
                    fill=(PALE) stroke=(GREY) stroke-width="0.6" {}
            }
            (line((own, TOP - 8.0), (own, BOTTOM), INK, 2.5, ""))
            path d={ "M" (at(own - 6.0)) " " (at(TOP - 12.0)) "h12l-6 9z" } {}
            (label((own, TOP - 17.0), anchor, "this key"))
            (axis.below(BOTTOM, &format!("sum of scores, {unit}")))
        },
    )
}
