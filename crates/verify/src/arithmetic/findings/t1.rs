//! T1, the plain sum.

use super::super::effect::{self, Summed, allowance};
use super::super::examination::Examination;
use super::super::limits::{EXACT, FEW_CELLS, INTERVAL_ALPHA};
use super::super::mark::Mark;
use super::super::numbers::Double;
use super::super::score::NAT;
use super::super::table::{Allowance, Table};
use super::super::tail::{binomial, gamma};
use super::common;
use super::subject::Subject;

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    let (mark, finding) = (&examination.mark, subject.finding);
    let summed = examination.summed(subject.scored);
    let ring = mark.ring as f64;
    let statistic = summed.total as f64 / mark.unit() / ring;
    table.near(
        subject.what("statistic"),
        finding.number("statistic"),
        statistic,
        1e-12,
    );
    let expected = summed.cells as f64 * mark.null_mean() * mark.trials() as f64;
    table.near(
        subject.what("expected"),
        finding.number("expected"),
        expected,
        1e-12,
    );
    let exact = log10_p(mark, summed);
    common::p_value(table, subject, examination, exact, EXACT);
    table.holds(subject.what("decoys"), finding.is_absent("decoys"), || {
        "keys of such a mark are not compared".to_owned()
    });
    effect::check(table, &subject.name, finding, mark, summed, INTERVAL_ALPHA);
    if summed.cells >= FEW_CELLS {
        let visible = examination.smallest_visible();
        let wide = allowance(mark);
        let allowed = Allowance {
            safe: wide.safe * visible.max(1.0),
            own: wide.own * visible.max(1.0),
        };
        let printed = finding.number("effect.smallest_visible");
        table.above(
            subject.what("smallest visible effect"),
            printed,
            visible,
            allowed,
        );
    }
    Some(exact)
}

/// log10 of the exact tail.
pub(in crate::arithmetic) fn log10_p(mark: &Mark, summed: Summed) -> f64 {
    let ln = if mark.is_gumbel() {
        gamma::upper(summed.words, Double::from(summed.total) / Double::from(NAT))
    } else {
        binomial::upper(summed.words * mark.trials(), summed.total, mark.rate())
    };
    ln.map_or(f64::NEG_INFINITY, Double::to_log10)
}
