//! Arithmetic beneath the tails: numbers of two `f64`, and pairs of real and imaginary part.

mod complex;
mod double;

pub(crate) use complex::Complex;
pub(crate) use double::Double;
