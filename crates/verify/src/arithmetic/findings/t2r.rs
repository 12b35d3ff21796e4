//! T2r, the residual, by the form of weights that came to the least of three.

use super::super::cells::Form;
use super::super::cut::cut;
use super::super::examination::{Examination, mark_all};
use super::super::table::Table;
use super::subject::Subject;
use super::weighted_sum::WeightedSum;
use super::{t2, weighing};

/// Forms that are tried, by how a suspect leans.
const TRIED: [&str; 3] = ["follow", "follow", "lean"];

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    weighing::check(table, subject, examination);
    table.not_checked(
        subject.what("counts produced, identical answers, of the control sample"),
        "they come from the answers: `replay` with the keys counts them again",
    );
    let Some(residual) = &examination.cells.residual else {
        table.not_checked(
            subject.what("its numbers"),
            "the weights and words of its cells are not disclosed",
        );
        return None;
    };
    let words = match examination.of_tested(&residual.words, subject.key_id) {
        Ok(words) => words,
        Err(why) => {
            table.fails(subject.what("its numbers"), why);
            return None;
        }
    };
    let leanings: Vec<&str> = residual
        .forms
        .iter()
        .map(|form| form.leaning.as_str())
        .collect();
    table.holds(subject.what("forms of weights"), leanings == TRIED, || {
        cut(&format!(
            "{leanings:?} are disclosed, and {TRIED:?} are tried"
        ))
    });
    let values = mark_all(&examination.mark, &examination.scores, words);
    let of = |form: &Form| {
        // Cells that the form leaves out are not in its sum.
        let ring = examination.mark.ring as usize;
        let cells = form
            .weights
            .iter()
            .zip(values.chunks_exact(ring))
            .filter(|&(&weight, _)| weight != 0);
        let (weights, kept): (Vec<i64>, Vec<&[u32]>) = cells
            .map(|(&weight, cell)| (i64::from(weight), cell))
            .unzip();
        WeightedSum::new(&examination.mark, weights.into_iter(), &kept.concat())
    };
    let sums: Vec<WeightedSum> = residual.forms.iter().map(of).collect();
    let finding = subject.finding;
    let (leaning, prior) = (
        finding.text_or_none("leaning"),
        finding.number_or_none("prior"),
    );
    let leaning = leaning.map(|leaning| leaning.unwrap_or("follow"));
    let is_named = |form: &Form| Ok(form.leaning.as_str()) == leaning && Ok(form.prior) == prior;
    let Some(chosen) = residual.forms.iter().position(is_named) else {
        let named = format!("{leaning:?} with the prior {prior:?} is no form that was tried");
        table.fails(subject.what("leaning"), cut(&named));
        return None;
    };
    let (form, sum) = (&residual.forms[chosen], &sums[chosen]);
    let count = |is_above: bool| {
        form.weights
            .iter()
            .filter(|&&weight| weight != 0 && (weight > 0) == is_above)
            .count() as u64
    };
    table.same(
        subject.what("counts above"),
        finding.whole("counts.above"),
        count(true),
    );
    table.same(
        subject.what("counts below"),
        finding.whole("counts.below"),
        count(false),
    );
    table.same(
        subject.what("scored"),
        finding.whole("scored"),
        count(true) + count(false),
    );
    expectation(table, subject, examination);
    sum.check(table, subject, &examination.mark);
    t2::smallest(table, subject, examination, &sums, chosen)
}

/// Checks where expected counts come from.
pub(super) fn expectation(table: &mut Table, subject: &Subject<'_>, examination: &Examination<'_>) {
    let by_reference = examination
        .printed
        .list_or_none("plan.references")
        .map(|list| !list.is_empty());
    let expectation = if by_reference == Ok(true) {
        "reference"
    } else {
        "shorter-window"
    };
    table.same(
        subject.what("expectation"),
        subject.finding.text("counts.expectation"),
        expectation,
    );
}
