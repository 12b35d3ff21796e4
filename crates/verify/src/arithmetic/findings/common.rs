//! What every finding has: its counts, warnings, conditions, and a p-value.

use super::super::examination::Examination;
use super::super::limits::FEW_CELLS;
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
    match examined.whole("counts.tokens") {
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
    let count = |field: &str| examined.whole(&format!("counts.{field}")).map(u128::from);
    let cases = [
        ("too-few-cells", finding.whole("scored")? < FEW_CELLS),
        ("windows-repeat", 2 * count("scored")? < count("fresh")?),
        ("much-exposed", 4 * count("exposed")? > count("fresh")?),
        ("exposure-unknown", count("exposure_unknown")? > 0),
        (
            "answers-as-tokens",
            examined.whole("answers.as_tokens")? > 0,
        ),
    ];
    // T9's are of log-probabilities.
    let is_here = finding.text("test")? != "T9";
    let known: BTreeSet<&str> = cases.iter().map(|&(warning, _)| warning).collect();
    let printed = finding.texts("warnings")?.into_iter();
    let printed = printed
        .filter(|warning| is_here && known.contains(warning))
        .collect();
    let ours = cases.into_iter().filter(|&(_, holds)| is_here && holds);
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
    // Who chose the prompts, and how a log was read, is not in the cells.
    for other in ["key-free-prompts", "log-as-sampled"] {
        if printed.contains(other) {
            ours.insert(other);
        }
    }
    Ok((printed, ours))
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
