//! T8, the shape.

use super::super::examination::Examination;
use super::super::limits::SHAPE;
use super::super::shape::shape;
use super::super::table::{Allowance, Table};
use super::super::tail::LATTICE;
use super::common;
use super::subject::Subject;

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    let (finding, mark) = (subject.finding, &examination.mark);
    if !mark.is_gumbel() {
        table.fails(subject.name.clone(), "scores of such a mark have no shape");
        return None;
    }
    let words = &subject.scored.key.words;
    let ours = shape(words);
    table.same(
        subject.what("ranks looked at"),
        finding.whole("looked_at"),
        ours.looked_at,
    );
    let smallest = finding.number("log10_smallest");
    table.above(
        subject.what("log10 of the smallest level"),
        smallest,
        ours.log10_smallest.min(0.0),
        SHAPE,
    );
    let strongest = finding.at("strongest");
    match ours.strongest {
        Some((rank, numerator)) => {
            let chance = numerator as f64 / LATTICE as f64;
            table.same(
                subject.what("strongest cells"),
                strongest.whole("cells"),
                rank,
            );
            let score = -chance.ln();
            table.near(
                subject.what("strongest score"),
                strongest.number("score"),
                score,
                1e-9,
            );
            let expected = words.len() as f64 * chance;
            table.near(
                subject.what("strongest expected"),
                strongest.number("expected"),
                expected,
                1e-12,
            );
        }
        None => table.holds(
            subject.what("strongest"),
            finding.is_absent("strongest"),
            || "there are no cells".to_owned(),
        ),
    }
    // Far out the program has the union bound, and elsewhere no more than it.
    let room = (ours.union - ours.log10_p).max(0.0);
    let allowed = Allowance {
        safe: if ours.is_far() {
            room + SHAPE.safe
        } else {
            SHAPE.safe
        },
        own: SHAPE.own,
    };
    common::p_value(table, subject, examination, ours.log10_p, allowed);
    Some(ours.log10_p)
}
