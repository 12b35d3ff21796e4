//! T2, the sum weighted by window, by the form of weights that came to less.

use super::super::examination::Examination;
use super::super::table::Table;
use super::super::weighted::WeightedTail;
use super::common;
use super::subject::Subject;
use super::weighing::{self, Weighting};
use super::weighted_sum::{self, WeightedSum};

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    let (mark, weights) = (&examination.mark, &examination.cells.weights);
    weighing::check(table, subject, examination);
    if weights.is_empty() {
        table.not_checked(
            subject.what("its numbers"),
            "the weights of windows are not disclosed",
        );
        return None;
    }
    let weighting = match Weighting::of(examination.printed) {
        Ok(weighting) => weighting,
        Err(why) => {
            table.fails(subject.what("its numbers"), why);
            return None;
        }
    };
    let forms = weighting.forms();
    table.holds(
        subject.what("forms of weights"),
        weights.len() == forms,
        || {
            format!(
                "{} are disclosed, and by this rule {forms} are tried",
                weights.len()
            )
        },
    );
    let off = weights
        .iter()
        .flatten()
        .find(|&&weight| weight > weighting.heaviest());
    table.holds(
        subject.what("no weight is above the rule's heaviest"),
        off.is_none(),
        || format!("{off:?}"),
    );
    let sums: Vec<WeightedSum> = weights
        .iter()
        .map(|form| {
            WeightedSum::new(
                mark,
                form.iter().map(|&weight| i64::from(weight)),
                &subject.scored.values,
            )
        })
        .collect();
    // The second form names its prior.
    let prior = subject.finding.number_or_none("prior");
    let chosen = match &prior {
        Ok(None) => 0,
        Ok(Some(_)) => 1,
        Err(_) => sums.len(),
    };
    let Some(sum) = sums.get(chosen) else {
        table.fails(
            subject.what("prior"),
            format!("{prior:?} names no form that was tried"),
        );
        return None;
    };
    if chosen == 1 {
        let found = prior.map(Option::unwrap_or_default);
        table.near(
            subject.what("prior"),
            found,
            weighting.second_prior(),
            1e-15,
        );
    }
    sum.check(table, subject, mark);
    smallest(table, subject, examination, &sums, chosen)
}

/// Checks the p-value: that of the form with the smallest, times as many as there are.
pub(super) fn smallest(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
    sums: &[WeightedSum],
    chosen: usize,
) -> Option<f64> {
    let mark = &examination.mark;
    let tails: Result<Vec<WeightedTail>, _> = sums
        .iter()
        .map(|sum| sum.tail(mark, &examination.steps))
        .collect();
    let tails = match tails {
        Ok(tails) => tails,
        Err(why) => {
            table.not_checked(subject.what("log10 p"), why.to_string());
            return None;
        }
    };
    let tail = tails.get(chosen)?;
    let allowed = weighted_sum::allowance(table, subject, tail);
    // Bounds may order forms otherwise than their exact tails.
    let least = tails.iter().map(|tail| tail.log10_p).fold(0.0, f64::min);
    let is_least = tail.log10_p.min(0.0) <= least + super::super::limits::bound(least).safe;
    table.holds(
        subject.what("the form with the smallest p"),
        is_least,
        || {
            format!(
                "its log10 p is {}, and that of another {least}",
                tail.log10_p
            )
        },
    );
    let exact = tail.log10_p + (sums.len() as f64).log10();
    common::p_value(table, subject, examination, exact, allowed);
    Some(exact)
}
