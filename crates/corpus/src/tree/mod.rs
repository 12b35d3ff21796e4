//! JSON as it was written: order and doubled names are kept, and what is no text and no whole number is not looked at.

mod halves;
mod parse;
mod value;

pub(crate) use parse::{Parsed, embedded, parse};
pub(crate) use value::Tree;
