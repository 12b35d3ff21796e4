//! T3r, the e-process along the tested key's own log: at its end, its halves, and where it was largest.

use super::super::cut::cut;
use super::super::eprocess::visited;
use super::super::examination::{Examination, mark_all};
use super::super::limits::{PROCESS, SUMS};
use super::super::printed::{Printed, Read};
use super::super::table::Table;
use super::common;
use super::subject::Subject;
use super::t2r::expectation;

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    let (finding, mark) = (subject.finding, &examination.mark);
    table.same(
        subject.what("weights"),
        finding.text("weights"),
        "first-visits",
    );
    indexes(table, subject, examination.printed);
    table.not_checked(
        subject.what("counts produced, identical answers, of the control sample"),
        "they come from the answers: `replay` with the keys counts them again",
    );
    expectation(table, subject, examination);
    let disclosed = examination.cells.first_visits.iter();
    let Some(cells) = disclosed
        .into_iter()
        .find(|cells| cells.key_id == subject.key_id)
    else {
        table.not_checked(
            subject.what("its numbers"),
            "first visits and bets of its cells are not disclosed",
        );
        return None;
    };
    let values = mark_all(mark, &examination.scores, &cells.words);
    let visited = match visited(mark, cells, &values) {
        Ok(visited) => visited,
        Err(why) => {
            table.fails(subject.what("its numbers"), why);
            return None;
        }
    };
    let n = cells.codes.len() as u64;
    for (field, ours) in [("scored", n), ("counts.above", n), ("counts.below", 0)] {
        table.same(subject.what(field), finding.whole(field), ours);
    }
    let end = visited.looked.end();
    common::e_value(table, subject, examination, end, PROCESS);
    let halves = [
        ("log10_e_follow", visited.follow),
        ("log10_e_lean", visited.lean),
    ];
    for (field, ours) in halves {
        table.below(subject.what(field), finding.number(field), ours, PROCESS);
    }
    leaning(table, subject);
    common::largest(table, subject, &visited.looked);
    // 1/E at the end, of what was printed where that is E itself.
    let printed = finding.number("log10_e").unwrap_or(end);
    let (e, allowed) = match mark.key_bits.is_empty() {
        true => (printed, SUMS),
        false => (end, PROCESS),
    };
    common::p_value(table, subject, examination, -e.max(0.0), allowed);
    Some(-end)
}

/// The half that came to more.
fn leaning(table: &mut Table, subject: &Subject<'_>) {
    let finding = subject.finding;
    let of = || -> Read<&'static str> {
        let follow = finding.number("log10_e_follow")?;
        let lean = finding.number("log10_e_lean")?;
        Ok(if follow >= lean { "follow" } else { "lean" })
    };
    match of() {
        Ok(ours) => table.same(subject.what("leaning"), finding.text("leaning"), ours),
        Err(why) => table.fails(subject.what("leaning"), why),
    }
}

/// What was read of the key's log, and of the background.
fn indexes(table: &mut Table, subject: &Subject<'_>, examined: Printed<'_>) {
    let finding = subject.finding;
    let own = common::own_log(examined, subject.key_id);
    match own.and_then(|own| own.map(|own| own.whole("windows")).transpose()) {
        Ok(Some(read)) => table.same(
            subject.what("windows read"),
            finding.whole("windows_read"),
            read,
        ),
        Ok(None) => table.fails(
            subject.what("windows read"),
            cut("no log of its key was read"),
        ),
        Err(why) => table.fails(subject.what("windows read"), why),
    }
    let background = match examined.is_absent("background") {
        true => Ok(None),
        false => examined.whole("background.windows").map(Some),
    };
    match background {
        Ok(ours) => {
            let printed = match finding.is_absent("background_windows") {
                true => Ok(None),
                false => finding.whole("background_windows").map(Some),
            };
            table.same(subject.what("windows of the background"), printed, ours);
        }
        Err(why) => table.fails(subject.what("windows of the background"), why),
    }
}
