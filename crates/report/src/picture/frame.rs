//! The frame of a picture, and its sizes.

use super::pen::{INK, at};
use maud::{Markup, html};

/// Width of every picture in its own units; a unit is about a pixel on a telephone.
pub(super) const WIDTH: f64 = 480.0;
/// Size of letters.
pub(super) const LETTERS: f64 = 13.0;

/// The frame of a picture: `id` is its anchor, `title` and `description` say what is seen.
pub(super) fn frame(
    id: &str,
    height: f64,
    title: &str,
    description: &str,
    inside: &Markup,
) -> Markup {
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
