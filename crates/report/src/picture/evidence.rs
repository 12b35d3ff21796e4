//! Evidence against tokens: how the e-process grew.

use super::axis::Axis;
use super::frame::{LETTERS, WIDTH, frame};
use super::pen::{GREY, INK, at, label, line, short};
use crate::Evidence;
use crate::words::{count, decimals, log10_e};
use maud::{Markup, html};

const HEIGHT: f64 = 280.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 228.0;
const RIGHT: f64 = WIDTH - 104.0;

/// Points of a line that are drawn.
const MOST_POINTS: usize = 400;

/// Dashes of the lines, in order; the names at their ends tell them apart too.
const DASHES: [&str; 4] = ["", "7 3", "2 3", "9 3 2 3"];

/// Lines of log10 E against distinct cells, with a name for each, and the height of `level`.
pub(crate) fn evidence(id: &str, lines: &[(String, &Evidence)], level: f64) -> Markup {
    let asked = -level.log10();
    let points = || lines.iter().flat_map(|(_, of)| &of.points);
    let across = Axis::over(
        points().map(|point| point.cells as f64).chain([0.0]),
        LEFT,
        RIGHT,
    );
    let up = Axis::over(
        points()
            .map(|point| point.log10_e.value())
            .chain([0.0, asked]),
        BOTTOM,
        TOP,
    );
    let place = |cells: u64, log10_e: f64| (across.place(cells as f64), up.place(log10_e));
    let mut described = String::new();
    let at_level = up.place(asked);
    // Names stand beside the ends of their lines, and not on each other.
    let mut taken: Vec<f64> = vec![at_level];
    let mut beside = |y: f64| {
        let away = (0..)
            .flat_map(|step| [1.0, -1.0].map(|side| y + side * LETTERS * f64::from(step) / 2.0));
        let is_free = |place: &f64| taken.iter().all(|other| (place - other).abs() >= LETTERS);
        let place = away.take(400).find(is_free).unwrap_or(y);
        taken.push(place);
        place
    };
    let drawn = lines.iter().enumerate().map(|(number, (name, of))| {
        let shown = of.points.iter().step_by(of.points.len() / MOST_POINTS + 1);
        let last = of.points.last();
        let places = shown.chain(last).map(|point| place(point.cells, point.log10_e.value()));
        let path: Vec<String> = places.map(|(x, y)| format!("{},{}", at(x), at(y))).collect();
        let (x, y) = last.map_or((LEFT, BOTTOM), |point| place(point.cells, point.log10_e.value()));
        if let Some(point) = last {
            described.push_str(&format!(
                " {name}: {} after {} cells.",
                log10_e(point.log10_e, 2),
                count(point.cells)
            ));
        }
        let name_at = beside(y);
        html! {
            polyline points=(path.join(" ")) fill="none" stroke=(INK) stroke-width="1.8"
                stroke-dasharray=[DASHES.get(number % DASHES.len()).filter(|dashes| !dashes.is_empty())] {}
            (label((x + 5.0, name_at + LETTERS / 3.0), "start", &short(name, 14)))
        }
    });
    let drawn: Vec<Markup> = drawn.collect();
    frame(
        id,
        HEIGHT,
        "Evidence against distinct cells",
        &format!(
            "log10 E as cells are read, in order.{described} The dashed line, at {}, is what the level asks for.",
            decimals(asked, 2)
        ),
        &html! {
            (label((4.0, 13.0), "start", "log10 E"))
            (up.beside(LEFT, RIGHT))
            (line((LEFT, at_level), (RIGHT, at_level), GREY, 1.2, "4 4"))
            (label((RIGHT + 5.0, at_level + LETTERS / 3.0), "start", &format!("E = {}", decimals(1.0 / level, 0))))
            @for line in &drawn { (line) }
            (across.below(BOTTOM, "distinct cells, in the order read"))
        },
    )
}
