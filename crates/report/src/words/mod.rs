//! The words and figures of a report: every sentence about certainty is made here.

mod counts;
mod effect;
mod glossary;
mod number;
mod seen;
mod tests;
mod verdict;

pub(crate) use counts::{counts, skipped};
pub(crate) use effect::{effect_facts, measure, unit};
pub(crate) use glossary::GLOSSARY;
pub(crate) use number::{
    above, below, count, decimals, e, fixed, log10_e, log10_p, p, percent, significant,
};
pub(crate) use seen::seen;
pub(crate) use tests::{asks, name};
pub(crate) use verdict::{Names, finding_of, plain_warning, plain_warning_of_text, says, short};
