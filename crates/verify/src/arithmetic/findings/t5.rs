//! T5, the line-up.

use super::super::examination::Examination;
use super::super::limits::SUMS;
use super::super::table::Table;
use super::common;
use super::subject::Subject;

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    let (finding, mark) = (subject.finding, &examination.mark);
    match examination.printed.whole("plan.decoys") {
        Ok(decoys) => table.same(subject.what("decoys"), finding.whole("decoys"), decoys),
        Err(why) => table.fails(subject.what("decoys"), why),
    }
    match &subject.scored.key.decoys {
        Some(sums) => {
            let own = subject.scored.total;
            let rank = 1 + sums.iter().filter(|&&sum| sum >= own).count() as u64;
            table.same(subject.what("rank"), finding.whole("rank"), rank);
            table.same(
                subject.what("decoys' sums"),
                finding.whole("decoys"),
                sums.len() as u64,
            );
            let best = sums.iter().max().map_or(0.0, |&best| best as f64);
            let best = best / mark.unit() / mark.ring as f64;
            table.near(
                subject.what("best decoy"),
                finding.number("best_decoy"),
                best,
                1e-12,
            );
        }
        None => table.not_checked(
            subject.what("rank and best decoy"),
            "the sums of decoys are not disclosed",
        ),
    }
    let (Ok(rank), Ok(decoys)) = (finding.whole("rank"), finding.whole("decoys")) else {
        table.fails(subject.what("log10 p"), "it has no rank among decoys");
        return None;
    };
    table.holds(
        subject.what("rank is one"),
        rank >= 1 && rank <= decoys.saturating_add(1),
        || format!("{rank} among {decoys} decoys"),
    );
    let exact = (rank as f64 / (decoys as f64 + 1.0)).log10();
    common::p_value(table, subject, examination, exact, SUMS);
    Some(exact)
}
