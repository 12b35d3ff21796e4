//! What every finding has: its counts, warnings, conditions, and a p-value.

use super::super::eprocess::Looked;
use super::super::examination::Examination;
use super::super::limits::{FEW_CELLS, PROCESS};
use super::super::printed::{Printed, Read};
use super::super::table::{Allowance, Table, is_upper};
use super::subject::Subject;
use super::weighing;
use std::collections::BTreeSet;

/// Checks counts, warnings and conditions of a finding.
pub(super) fn check(
    table: &mut Table,
    name: &str,
    finding: Printed<'_>,
    examination: &Examination<'_>,
) {
    let examined = examination.printed;
    let what = |field: &str| format!("{name}: {field}");
    let test = finding.text("test").unwrap_or("");
    let tokens = match test {
        "T9" => examined.whole("logprobs.counts.positions"),
        _ => examined.whole("counts.tokens"),
    };
    match tokens {
        Ok(tokens) => table.same(what("tokens"), finding.whole("tokens"), tokens),
        Err(why) => table.fails(what("tokens"), why),
    }
    if !matches!(test, "T2r" | "T3r" | "T9") {
        table.same(
            what("scored"),
            finding.whole("scored"),
            examination.scored(),
        );
    }
    match warnings(examined, finding) {
        Ok((printed, ours)) => table.same(what("warnings"), Ok(printed), ours),
        Err(why) => table.fails(what("warnings"), why),
    }
    match unproven(examined, finding, test) {
        Ok((printed, ours)) => table.same(what("unproven"), Ok(printed), ours),
        Err(why) => table.fails(what("unproven"), why),
    }
}

/// The warnings that follow from counts, as printed and as they are.
fn warnings<'a>(
    examined: Printed<'_>,
    finding: Printed<'a>,
) -> Read<(BTreeSet<&'a str>, BTreeSet<&'static str>)> {
    // T9's are of log-probabilities.
    let (of, repeats, exposed) = match finding.text("test")? {
        "T9" => ("logprobs.counts", false, ("exposed", 5, "positions")),
        _ => ("counts", true, ("exposed", 4, "fresh")),
    };
    let count = |field: &str| examined.whole(&format!("{of}.{field}")).map(u128::from);
    let (part, times, whole) = exposed;
    let cases = [
        ("too-few-cells", finding.whole("scored")? < FEW_CELLS),
        (
            "windows-repeat",
            repeats && 2 * count("scored")? < count("fresh")?,
        ),
        ("much-exposed", times * count(part)? > count(whole)?),
        ("exposure-unknown", count("exposure_unknown")? > 0),
        (
            "answers-as-tokens",
            examined.whole("answers.as_tokens")? > 0,
        ),
    ];
    let known: BTreeSet<&str> = cases.iter().map(|&(warning, _)| warning).collect();
    let printed = finding.texts("warnings")?.into_iter();
    let printed = printed.filter(|warning| known.contains(warning)).collect();
    let ours = cases.into_iter().filter(|&(_, holds)| holds);
    Ok((printed, ours.map(|(warning, _)| warning).collect()))
}

/// The unproven conditions that follow from the result, as printed and as they are.
fn unproven<'a>(
    examined: Printed<'a>,
    finding: Printed<'a>,
    test: &str,
) -> Read<(BTreeSet<&'a str>, BTreeSet<&'a str>)> {
    let printed: BTreeSet<&str> = finding.texts("unproven")?.into_iter().collect();
    let mut ours = BTreeSet::new();
    if test == "T3" && examined.text("answers.order")? == "unproven" {
        ours.insert("key-free-order");
    }
    let is_weighed = matches!(test, "T2" | "T2r" | "T3") && !finding.is_absent("weights");
    if is_weighed && weighing::source(examined, finding)? == "same-key" {
        ours.insert("key-free-weights");
    }
    if test == "T3r" {
        let index = own_log(examined, finding.text("key_id")?)?;
        if !index.is_some_and(|index| index.at("as_sampled").json() == true) {
            ours.insert("log-as-sampled");
        }
        // A background that the key itself marked: the index names it.
        let by = examined.at("background").text_or_none("marked_by")?;
        if by.is_some() && by == Some(finding.text("key_id")?) {
            ours.insert("key-free-weights");
        }
    }
    // Who chose the prompts is not in the cells.
    if printed.contains("key-free-prompts") {
        ours.insert("key-free-prompts");
    }
    Ok((printed, ours))
}

/// The index of first visits in a key's own log.
pub(super) fn own_log<'a>(examined: Printed<'a>, key_id: &str) -> Read<Option<Printed<'a>>> {
    let keys = examined.list("keys")?;
    let key = keys.iter().find(|key| key.text("key_id") == Ok(key_id));
    let root = key.and_then(|key| key.text("root_id").ok());
    for index in examined.list_or_none("first_visits")? {
        let by = index.text_or_none("marked_by")?;
        if by == Some(key_id) || (root.is_some() && by == root) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Checks a p-value against the exact one; where an engine keeps few bits of a key, with the chance that another key is the same.
pub(super) fn p_value(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
    exact: f64,
    allowed: Allowance,
) {
    let (mark, finding, ours) = (&examination.mark, subject.finding, exact.min(0.0));
    let log10_p = finding.number("log10_p");
    table.holds(
        subject.what("log10 p is at most 0"),
        log10_p.as_ref().is_ok_and(|&log| log <= 0.0),
        || format!("{log10_p:?}"),
    );
    if mark.key_bits.is_empty() {
        table.holds(
            subject.what("log10 p has no other form"),
            finding.is_absent("log10_p_unmarked"),
            || "only other engines' marks have one".to_owned(),
        );
        table.above(subject.what("log10 p"), log10_p, ours, allowed);
        return;
    }
    let base = match finding.number_or_none("log10_p_unmarked") {
        Ok(Some(unmarked)) => {
            table.above(
                subject.what("log10 p of the law"),
                Ok(unmarked),
                ours,
                allowed,
            );
            unmarked
        }
        Ok(None) => ours,
        Err(why) => {
            table.fails(subject.what("log10 p of the law"), why);
            return;
        }
    };
    let wider = Allowance {
        safe: if base == ours { allowed.safe } else { 0.0 } + 1e-13 * (10.0 + base.abs()),
        own: allowed.own,
    };
    let holds = log10_p.as_ref().is_ok_and(|&printed| {
        examination.some_bits(subject.key_id, |bits| {
            is_upper(printed, plus_power_of_two(base, bits), wider)
        })
    });
    table.holds(subject.what("log10 p"), holds, || {
        format!(
            "printed {log10_p:?}, by the law {base} and 2^-b for a key of b = {:?} bits",
            mark.key_bits
        )
    });
}

/// log10 of 10^log + 2^−bits, at most 0.
fn plus_power_of_two(log: f64, bits: u32) -> f64 {
    let other = -f64::from(bits) * std::f64::consts::LOG10_2;
    let (most, least) = (log.max(other), log.min(other));
    (most + 10.0_f64.powf(least - most).ln_1p() * std::f64::consts::LOG10_E).min(0.0)
}

/// Checks an e-value at the end, limited where an engine keeps few bits of a key: ½·min(E, 2^b).
pub(super) fn e_value(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
    ours: f64,
    allowed: Allowance,
) {
    let (mark, printed) = (&examination.mark, subject.finding.number("log10_e"));
    if mark.key_bits.is_empty() {
        table.below(subject.what("log10 e"), printed, ours, allowed);
        return;
    }
    let holds = printed.as_ref().is_ok_and(|&printed| {
        examination.some_bits(subject.key_id, |bits| {
            let most = f64::from(bits) * std::f64::consts::LOG10_2;
            let limited = ours.min(most) - std::f64::consts::LOG10_2;
            is_upper(-printed, -limited, allowed)
        })
    });
    table.holds(subject.what("log10 e"), holds, || {
        format!(
            "printed {printed:?}, by the law {ours}, for a key of b = {:?} bits",
            mark.key_bits
        )
    });
}

/// Checks how large a process was on its way, and where.
pub(super) fn largest(table: &mut Table, subject: &Subject<'_>, looked: &Looked) {
    let (finding, largest) = (subject.finding, looked.largest());
    table.below(
        subject.what("largest log10 e"),
        finding.number("supremum.log10_e"),
        largest,
        PROCESS,
    );
    let place = finding.whole("supremum.cells");
    let there = place.as_ref().ok().and_then(|&cells| looked.at(cells));
    // Two looks may be equal to the last digits.
    table.holds(
        subject.what("where log10 e is largest"),
        there.is_some_and(|there| there >= largest - PROCESS.safe),
        || format!("after {place:?} cells it is {there:?}, and at its largest {largest}"),
    );
}
