//! Parts of reports, each made of one piece of a result.

mod case;
mod conditions;
mod details;
mod error_rates;
mod files;
mod finding;
mod glossary;
mod keys;
mod method;
mod multiplicity;
mod pictures;
mod plan;
mod results;
mod sensitivity;
mod signatures;

pub(crate) use case::{custody, people, question, repeat};
use conditions::does_not_show;
pub(crate) use conditions::{conditions, warnings};
pub(crate) use error_rates::error_rates;
pub(crate) use files::{inputs, items};
pub(crate) use finding::{finding, roles};
pub(crate) use glossary::glossary;
pub(crate) use keys::keys;
pub(crate) use method::method;
pub(crate) use multiplicity::multiplicity;
pub(crate) use plan::plan;
pub(crate) use results::results;
pub(crate) use sensitivity::sensitivity;
pub(crate) use signatures::{logged, signatures};

use crate::page::{Column, Text};

/// A column of words.
const fn words(name: &'static str) -> Column {
    Column::words(name)
}

/// A column of numbers.
const fn number(name: &'static str) -> Column {
    Column::number(name)
}

/// What was given, or that it was not.
fn or_not_stated(given: Option<&str>) -> Text {
    given.map_or_else(|| Text::words("not stated"), Text::given)
}
