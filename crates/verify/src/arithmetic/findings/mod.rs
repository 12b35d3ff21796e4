//! Every finding, number by number.

mod common;
mod subject;
mod t1;
mod t2;
mod t2r;
mod t3;
mod t3r;
mod t5;
mod t6;
mod t8;
mod t9;
mod weighing;
mod weighted_sum;

pub(super) use subject::name;
pub(super) use t1::log10_p as plain_log10_p;
pub(super) use t3::looked;

use super::examination::Examination;
use super::made::Named;
use super::quoted;
use super::table::Table;
use std::collections::HashSet;
use subject::Subject;

/// Checks all findings.
pub(crate) fn check(table: &mut Table, examination: &Examination<'_>) {
    let tests = match examination.printed.list("tests") {
        Ok(tests) => tests,
        Err(why) => return table.fails("the findings", why),
    };
    let mut seen = HashSet::new();
    for finding in tests {
        let name = name(finding);
        let named = match Named::of(finding) {
            Ok(named) => named,
            Err(why) => {
                table.fails(name, why);
                continue;
            }
        };
        let key_id = named.key_id;
        let test = named.test;
        if !seen.insert(named) {
            table.fails(name, "the same test under the same key stands there twice");
            continue;
        }
        common::check(table, &name, finding, examination);
        let Some(scored) = examination.key(key_id) else {
            table.not_checked(name, "no words under its key are disclosed");
            continue;
        };
        let subject = Subject {
            finding,
            name,
            key_id,
            scored,
        };
        let start = table.len();
        let computed = one(table, test, &subject, examination);
        if quoted::is_weaker_of_two(examination.printed) {
            quoted::lenient(table.since(start), &subject.name, finding, computed);
        }
    }
}

/// Checks one finding; the log10 p that was computed, where one was.
fn one(
    table: &mut Table,
    test: &str,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    match test {
        "T1" => t1::check(table, subject, examination),
        "T2" => t2::check(table, subject, examination),
        "T2r" => t2r::check(table, subject, examination),
        "T3" => t3::check(table, subject, examination),
        "T3r" => t3r::check(table, subject, examination),
        "T5" => t5::check(table, subject, examination),
        "T6" => t6::check(table, subject, examination),
        "T8" => t8::check(table, subject, examination),
        "T9" => t9::check(table, subject, examination),
        _ => {
            table.fails(subject.name.clone(), "there is no such test");
            None
        }
    }
}
