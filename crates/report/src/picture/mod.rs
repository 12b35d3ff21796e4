//! Pictures as SVG: small, in black and grey, with the same in words for whoever does not see them.

mod axis;
mod effects;
mod evidence;
mod line_up;
mod sources;
mod strip;

pub(crate) use effects::{Bar, effects};
pub(crate) use evidence::evidence;
pub(crate) use line_up::line_up;
pub(crate) use sources::{Without, sources};
pub(crate) use strip::strip;

use maud::{Markup, html};

/// Width of every picture in its own units; a unit is about a pixel on a telephone.
const WIDTH: f64 = 480.0;
/// Size of letters.
const LETTERS: f64 = 13.0;
const INK: &str = "#1c1c1c";
const GREY: &str = "#6b6b6b";
const PALE: &str = "#c9ced6";

/// The frame of a picture: `id` is its anchor, `title` and `description` say what is seen.
fn frame(id: &str, height: f64, title: &str, description: &str, inside: &Markup) -> Markup {
    let (named, described) = (format!("{id}-title"), format!("{id}-text"));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (at(WIDTH)) " " (at(height)) } role="img"
            aria-labelledby={ (named) " " (described) } font-family="Arial, Helvetica, sans-serif" font-size=(LETTERS) fill=(INK) {
            title id=(named) { (title) }
            desc id=(described) { (description) }
            (inside)
        }
    }
}

fn line(from: (f64, f64), to: (f64, f64), colour: &str, width: f64, dashes: &str) -> Markup {
    html! {
        line x1=(at(from.0)) y1=(at(from.1)) x2=(at(to.0)) y2=(at(to.1)) stroke=(colour) stroke-width=(at(width))
            stroke-dasharray=[(!dashes.is_empty()).then_some(dashes)] {}
    }
}

/// `anchor` is `start`, `middle` or `end`.
fn label(place: (f64, f64), anchor: &str, text: &str) -> Markup {
    html! { text x=(at(place.0)) y=(at(place.1)) text-anchor=(anchor) { (text) } }
}

/// A place with a tenth of a unit.
fn at(place: f64) -> String {
    let place = if place.is_finite() { place } else { 0.0 };
    let text = format!("{place:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// The first letters of a name that fit.
fn short(name: &str, letters: usize) -> String {
    match name.char_indices().nth(letters) {
        None => name.to_owned(),
        Some(_) => name.chars().take(letters - 1).chain(['…']).collect(),
    }
}
