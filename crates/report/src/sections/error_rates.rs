//! How often the method was wrong where the truth was known.

use super::column::{number, words};
use super::not_stated::or_not_stated;
use crate::ErrorRate;
use crate::page::{Block, Table, Text};
use crate::words::{above, count, fixed, percent};
use hallmark_detector::interval::{Sides, clopper_pearson};

/// Studies with their counts and upper bounds.
pub(crate) fn error_rates(rates: &[ErrorRate]) -> Vec<Block> {
    if rates.is_empty() {
        return vec![Block::missing(
            "Studies of how often this method names an innocent model: not stated. The p-values do not rest on such studies, but on the conditions below; a study would show that the conditions and the program keep what they say.",
        )];
    }
    vec![
        Table::of(
            "Examinations of models and texts that were known to be innocent. The bound is one-sided, at 95% (Clopper and Pearson): none of 20,000 still leaves 0.00015.",
            [
                words("Study"),
                words("What was counted"),
                number("Level"),
                number("Wrong, of all"),
                number("Rate is at most"),
                words("Does this examination belong to it?"),
            ],
            rates,
            |rate| {
                let scope = match rate.in_scope {
                    Some(true) => Text::words("in scope"),
                    Some(false) => Text::words("outside its scope"),
                    None => Text::words("not stated"),
                };
                vec![
                    Text::given(&rate.study),
                    Text::given(&rate.what),
                    fixed(rate.level).into(),
                    format!("{} of {}", count(rate.wrong), count(rate.tried)).into(),
                    at_most(rate).into(),
                    match &rate.note {
                        Some(note) => scope.and(": ").then(or_not_stated(Some(note))),
                        None => scope,
                    },
                ]
            },
        )
        .into(),
    ]
}

/// The upper limit of the rate at 95%, one-sided.
fn at_most(rate: &ErrorRate) -> String {
    if rate.tried == 0 {
        return "nothing was tried".to_owned();
    }
    match clopper_pearson(rate.tried, rate.wrong, 0.05, Sides::Upper) {
        Ok(interval) => format!("{} ({})", above(interval.high), percent(interval.high)),
        Err(_) => "these counts give none".to_owned(),
    }
}
