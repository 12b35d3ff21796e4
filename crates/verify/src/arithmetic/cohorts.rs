//! T7: the keys together (`docs/tests/cohorts.md`).

use super::cut::cut;
use super::effect;
use super::examination::Examination;
use super::limits::{INTERVAL_ALPHA, LEVEL, PROCESS, SCREEN_RATE, SUMS};
use super::numbers::Double;
use super::outcome::{decides, ids, is_at_level};
use super::printed::{Printed, Read};
use super::table::Table;

/// Checks what is said of the keys together, for the findings that were printed.
pub(crate) fn check(table: &mut Table, examined: Printed<'_>) {
    let cohorts = examined.at("cohorts");
    let constants = [
        ("level", LEVEL),
        ("false_discovery_rate", SCREEN_RATE),
        ("interval_alpha", INTERVAL_ALPHA),
    ];
    for (name, value) in constants {
        table.near(format!("T7: {name}"), cohorts.number(name), value, 0.0);
    }
    let read = || -> Read<_> {
        Ok((
            ids(examined)?,
            cohorts.list("keys")?,
            examined.list("tests")?,
        ))
    };
    let (keys, rows, tests) = match read() {
        Ok(read) => read,
        Err(why) => return table.fails("T7", why),
    };
    let named: Read<Vec<&str>> = rows.iter().map(|row| row.text("key_id")).collect();
    table.same("T7: one row for each key", named, keys.clone());
    let of = |key: &&str| Summary::of(key, &tests);
    let summaries: Vec<Summary<'_>> = match keys.iter().map(of).collect() {
        Ok(summaries) => summaries,
        Err(why) => return table.fails("T7", why),
    };
    let screened = screened(&summaries.iter().map(|one| one.log10_e).collect::<Vec<_>>());
    for ((key, row), (own, on_list)) in keys.iter().zip(&rows).zip(summaries.iter().zip(screened)) {
        let what = |field: &str| format!("T7 of key {}: {field}", cut(key));
        let standing = match (own.named_by.is_empty(), on_list) {
            (false, _) => "named",
            (true, true) => "screened",
            (true, false) => "neither",
        };
        table.same(what("standing"), row.text("standing"), standing);
        table.same(
            what("named by"),
            row.texts("named_by"),
            own.named_by.clone(),
        );
        table.same(what("e-value from"), row.text("e_from"), own.e_from);
        table.below(what("log10 e"), row.number("log10_e"), own.log10_e, PROCESS);
        table.above(
            what("log10 p adjusted"),
            row.number("log10_p_adjusted"),
            own.adjusted,
            SUMS,
        );
    }
}

/// Checks the effects, from the words.
pub(crate) fn effects(table: &mut Table, examination: &Examination<'_>) {
    let Ok(rows) = examination.printed.list("cohorts.keys") else {
        // Said already.
        return;
    };
    let alpha = INTERVAL_ALPHA / rows.len().max(1) as f64;
    for row in rows.iter().take(examination.cells.keys.len()) {
        let Ok(key_id) = row.text("key_id") else {
            continue;
        };
        let name = format!("T7 of key {}", cut(key_id));
        match examination.key(key_id) {
            Some(key) => {
                let summed = examination.summed(key);
                effect::check(table, &name, *row, &examination.mark, summed, alpha);
            }
            None => table.not_checked(format!("{name}: effect"), "no words under it are disclosed"),
        }
    }
}

/// What one key's findings come to.
struct Summary<'a> {
    named_by: Vec<&'a str>,
    adjusted: f64,
    log10_e: f64,
    e_from: &'static str,
}

impl<'a> Summary<'a> {
    fn of(key: &str, tests: &[Printed<'a>]) -> Read<Self> {
        let (mut named_by, mut adjusted, mut t3, mut t1) = (vec![], 0.0_f64, None, None);
        for test in tests.iter().filter(|test| test.text("key_id") == Ok(key)) {
            let name = test.text("test")?;
            if decides(*test)? {
                adjusted = adjusted.min(test.number("log10_p_adjusted")?);
                if is_at_level(*test)? {
                    named_by.push(name);
                }
            }
            // An order that is not proven does not change E at the end.
            let by_order = test
                .texts("unproven")?
                .iter()
                .all(|&one| one == "key-free-order");
            if name == "T3" && by_order {
                t3 = t3.or(Some(test.number("log10_e")?));
            }
            if name == "T1" {
                t1 = t1.or(Some(test.number("log10_p")?));
            }
        }
        let (log10_e, e_from) = match (t3, t1) {
            (Some(log10_e), _) => (log10_e, "T3"),
            (None, Some(log10_p)) => (calibrated(log10_p), "T1"),
            (None, None) => return Err(format!("key {} has no T1", cut(key))),
        };
        Ok(Self {
            named_by,
            adjusted,
            log10_e,
            e_from,
        })
    }
}

/// log10 of the e-value (1 − p + p ln p)/(p ln² p), a mixture of calibrators (Vovk and Wang 2021).
fn calibrated(log10_p: f64) -> f64 {
    let x = -(Double::from(log10_p.min(0.0)) * Double::LN_10);
    let small = x.to_f64();
    if small < 0.5 {
        // (eˣ − 1 − x)/x² = Σ xᵏ/(k + 2)!.
        let sum = (0..20_u32)
            .rev()
            .fold(0.0, |sum, k| (sum * small + 1.0) / f64::from(k + 2));
        return sum.log10();
    }
    let rest = 1.0 - (1.0 + small) * (-small).exp();
    (x - x.ln() - x.ln() + Double::from(rest.ln())).to_log10()
}

/// e-BH: the largest k with k·e₍ₖ₎ ≥ m/α, and the k largest.
fn screened(logs: &[f64]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..logs.len()).collect();
    order.sort_by(|&a, &b| logs[b].total_cmp(&logs[a]));
    let needed = (logs.len() as f64 / SCREEN_RATE).log10();
    let last = (1..=order.len()).rfind(|&k| (k as f64).log10() + logs[order[k - 1]] >= needed);
    let mut screened = vec![false; logs.len()];
    for &i in &order[..last.unwrap_or(0)] {
        screened[i] = true;
    }
    screened
}

#[cfg(test)]
mod tests {
    use super::{calibrated, screened};

    #[test]
    fn the_calibrated_value_is_the_vectors() {
        let text = include_str!("../../../detector/vectors/calibrate.tsv");
        let mut seen = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let row: Vec<f64> = line
                .split('\t')
                .map(|field| field.parse().unwrap())
                .collect();
            let (found, exact) = (calibrated(row[0]), row[row.len() - 1]);
            assert!(
                (found - exact).abs() < 1e-12 * exact.abs().max(1.0),
                "{line}: {found}"
            );
            seen += 1;
        }
        assert!(seen > 5);
    }

    #[test]
    fn the_screen_is_its_definition() {
        // 4/0.05 = 80: 1·10⁹, 2·50, 3·25.1 against 80.
        assert_eq!(screened(&[9.0, 1.4, -0.5, 1.7]), [true, false, false, true]);
        assert_eq!(screened(&[9.0, 1.5, -0.5, 1.7]), [true, true, false, true]);
        assert!(screened(&[]).is_empty());
    }
}
