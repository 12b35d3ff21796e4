//! Pictures as SVG: small, in black and grey, with the same in words for whoever does not see them.

mod axis;
mod effects;
mod evidence;
mod frame;
mod joint;
mod line_up;
mod pen;
mod sources;
mod strip;
mod windows;

pub(crate) use effects::{Bar, effects};
pub(crate) use evidence::evidence;
pub(crate) use joint::{Joint, joint};
pub(crate) use line_up::line_up;
pub(crate) use sources::{Without, sources};
pub(crate) use strip::strip;
pub(crate) use windows::windows;
