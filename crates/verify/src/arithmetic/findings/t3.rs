//! T3, the e-process: at the end, and where it was largest.

use super::super::eprocess::{Looked, Process, run};
use super::super::examination::{Examination, Scored};
use super::super::limits::PROCESS;
use super::super::made::is_weighed;
use super::super::printed::Read;
use super::super::table::Table;
use super::common;
use super::subject::Subject;
use super::weighing::{self, Weighting};
use std::collections::BTreeSet;

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    let finding = subject.finding;
    weighing::check(table, subject, examination);
    match examination.printed.text("answers.order") {
        Ok(order) => table.same(subject.what("order"), finding.text("order"), order),
        Err(why) => table.fails(subject.what("order"), why),
    }
    let looked = match looked(subject.scored, examination) {
        Ok(Some(looked)) => looked,
        Ok(None) => {
            table.not_checked(
                subject.what("its numbers"),
                "the weights of windows are not disclosed",
            );
            return None;
        }
        Err(why) => {
            table.fails(subject.what("its numbers"), why);
            return None;
        }
    };
    common::e_value(table, subject, examination, looked.end(), PROCESS);
    let largest = looked.largest();
    common::largest(table, subject, &looked);
    // 1/sup E, of what was printed.
    let exact = -finding
        .number("supremum.log10_e")
        .unwrap_or(largest)
        .max(0.0);
    common::p_value(
        table,
        subject,
        examination,
        exact,
        super::super::limits::SUMS,
    );
    Some(-largest)
}

/// The process at its looks; `None` where what it goes by is not disclosed.
pub(in crate::arithmetic) fn looked(
    scored: &Scored<'_>,
    examination: &Examination<'_>,
) -> Read<Option<Looked>> {
    let mark = &examination.mark;
    let (process, weights): (_, &[u16]) = if is_weighed(examination.printed.at("plan"))? {
        let Some(weights) = examination.cells.weights.first() else {
            return Ok(None);
        };
        let steps: BTreeSet<u16> = weights
            .iter()
            .copied()
            .filter(|&weight| weight > 0)
            .collect();
        let heaviest = Weighting::of(examination.printed)?.heaviest();
        if steps.last().is_some_and(|&most| most > heaviest) {
            return Err(format!(
                "a weight is above the heaviest of this rule, {heaviest}"
            ));
        }
        (
            Process::weighted(mark, steps.into_iter().collect(), heaviest),
            weights,
        )
    } else if mark.ring > 1 {
        (Process::weighted(mark, vec![1], 1), &[])
    } else {
        (Process::plain(mark), &[])
    };
    let process = process.ok_or("a tournament has no e-process")?;
    Ok(Some(run(
        &process,
        mark,
        &examination.scores,
        &scored.key.words,
        &scored.values,
        weights,
    )))
}
