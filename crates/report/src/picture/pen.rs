//! What pictures are drawn with: greys, lines, labels and places.

use maud::{Markup, html};

pub(super) const INK: &str = "#1c1c1c";
pub(super) const GREY: &str = "#6b6b6b";
pub(super) const PALE: &str = "#c9ced6";

pub(super) fn line(
    from: (f64, f64),
    to: (f64, f64),
    colour: &str,
    width: f64,
    dashes: &str,
) -> Markup {
    html! {
        line x1=(at(from.0)) y1=(at(from.1)) x2=(at(to.0)) y2=(at(to.1)) stroke=(colour) stroke-width=(at(width))
            stroke-dasharray=[(!dashes.is_empty()).then_some(dashes)] {}
    }
}

/// `anchor` is `start`, `middle` or `end`.
pub(super) fn label(place: (f64, f64), anchor: &str, text: &str) -> Markup {
    html! { text x=(at(place.0)) y=(at(place.1)) text-anchor=(anchor) { (text) } }
}

/// A place with a tenth of a unit.
pub(super) fn at(place: f64) -> String {
    let place = if place.is_finite() { place } else { 0.0 };
    let text = format!("{place:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// The first letters of a name that fit.
pub(super) fn short(name: &str, letters: usize) -> String {
    match name.char_indices().nth(letters) {
        None => name.to_owned(),
        Some(_) => name.chars().take(letters - 1).chain(['…']).collect(),
    }
}
