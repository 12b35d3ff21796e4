//! Parts of reports, each made of one piece of a result.

mod case;
mod column;
mod conditions;
mod details;
mod error_rates;
mod files;
mod finding;
mod glossary;
mod keys;
mod method;
mod multiplicity;
mod not_stated;
mod pictures;
mod plan;
mod reading;
mod results;
mod sensitivity;
mod signatures;

pub(crate) use case::{custody, other_runs, people, question, repeat};
pub(crate) use conditions::{conditions, shown_of_conditions, warnings};
pub(crate) use error_rates::error_rates;
pub(crate) use files::{inputs, items};
pub(crate) use finding::{finding, roles};
pub(crate) use glossary::glossary;
pub(crate) use keys::keys;
pub(crate) use method::method;
pub(crate) use multiplicity::multiplicity;
pub(crate) use plan::plan;
pub(crate) use reading::reading;
pub(crate) use results::results;
pub(crate) use sensitivity::sensitivity;
pub(crate) use signatures::signatures;
