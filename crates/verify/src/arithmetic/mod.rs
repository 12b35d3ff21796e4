//! From what is disclosed of each cell to every number of the findings.
//!
//! An implementation of its own, from the documents: `docs/replay.md`, `docs/statistics.md` and `docs/tests`. Nothing is shared with the program
//! that made the findings, and where the documents leave a choice of method another one is taken. Where the program prints an
//! upper bound of a p-value (a lower one of an e-value), the exact value is computed here: the printed one may lie on its safe side by what
//! the documents allow, and on the other by rounding only.
//!
//! No input panics or takes time without end: what cannot be read, or does not fit together, is a check that fails, and work is counted
//! against what the size of the input allows.

mod cells;
mod cohorts;
mod conditions;
mod cut;
mod effect;
mod eprocess;
mod examination;
mod findings;
mod holm;
mod inputs;
mod limits;
mod made;
mod mark;
mod numbers;
mod outcome;
mod printed;
mod quoted;
mod score;
mod shape;
mod table;
mod tail;
#[cfg(test)]
mod vectors_test;
mod weighted;
mod without;

pub use cells::{Cells, Form, KeyWords, Masses, Residual, Sources, Visits};
pub use without::{Without, without_each_source};

use crate::check::Check;
use examination::Examination;
use mark::{Mark, Unread};
use printed::Printed;
use serde_json::Value;
use table::Table;

/// Computes every number of an examination again that follows from its cells, and compares it with what `examine` printed.
///
/// `examined` is the JSON of `examine` (`docs/schemas/examine-2.json`), `cells` what is disclosed of each scored cell. One check for each number
/// or small group of numbers, in the order of the findings; what takes more than is disclosed is named and not checked.
#[must_use]
pub fn check(examined: &Value, cells: &Cells) -> Vec<Check> {
    let mut table = Table::default();
    let printed = Printed::new(examined);
    let schema = printed.text("schema");
    table.same("the findings' schema", schema, "hallmark/examine/2");
    if let Err(why) = made::is_readable(printed) {
        table.fails("how many keys and findings there are", why);
        return table.into_checks();
    }
    made::same_as_plan(&mut table, printed);
    match Mark::of(printed.at("profile")) {
        Ok(mark) => numbers_of(&mut table, printed, cells, mark),
        Err(Unread::Wrong(why)) => table.fails("the profile", why),
        Err(Unread::Unsupported(why)) => table.not_checked("every number of the tests", why),
    }
    holm::check(&mut table, printed);
    outcome::check(&mut table, printed);
    cohorts::check(&mut table, printed);
    table.into_checks()
}

/// Compares what findings say in words, and the files that they name, with their own plan, tests and counts: whatever is disclosed of cells.
#[must_use]
pub fn stated(examined: &Value) -> Vec<Check> {
    let mut table = Table::default();
    let printed = Printed::new(examined);
    inputs::check(&mut table, printed);
    conditions::check(&mut table, printed);
    table.into_checks()
}

/// How the e-process (T3) of each tested key grew: cells and log10 E at every look, from the start; nothing where it was not made or cannot be
/// followed.
#[must_use]
pub fn growth(examined: &Value, cells: &Cells) -> Vec<(String, Vec<(u64, f64)>)> {
    let printed = Printed::new(examined);
    let Ok(mark) = Mark::of(printed.at("profile")) else {
        return vec![];
    };
    if cells.fit(mark.ring).is_err() || !cells.are_of_ladders() {
        return vec![];
    }
    let examination = Examination::new(printed, cells, mark);
    let tests = printed.list_or_none("tests").unwrap_or_default();
    let made = tests
        .iter()
        .filter(|finding| finding.text("test") == Ok("T3"));
    let ids = made.filter_map(|finding| finding.text("key_id").ok());
    let of = |id: &str| {
        let scored = examination.key(id)?;
        let looked = findings::looked(scored, &examination).ok()??;
        Some((id.to_owned(), looked.looks))
    };
    ids.filter_map(of).collect()
}

/// What follows from the words.
fn numbers_of(table: &mut Table, printed: Printed<'_>, cells: &Cells, mark: Mark) {
    if let Err(why) = cells.fit(mark.ring) {
        table.fails("what is disclosed of the cells", why);
        return;
    }
    cells.check(table, printed);
    if !cells.are_of_ladders() {
        let why = "there are weights that no window can have";
        table.not_checked("every number of the tests", why);
        return;
    }
    let examination = Examination::new(printed, cells, mark);
    examination::counts(table, &examination);
    findings::check(table, &examination);
    cohorts::effects(table, &examination);
}
