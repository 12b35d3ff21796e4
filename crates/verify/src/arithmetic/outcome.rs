//! What an examination comes to, under each key and in all (`docs/replay.md`, "Adjustment, outcome").

use super::cut::cut;
use super::limits::{FEW_CELLS, LEVEL};
use super::printed::{Printed, Read};
use super::table::Table;

/// Checks every outcome, for the adjusted p-values that were printed.
pub(crate) fn check(table: &mut Table, examined: Printed<'_>) {
    table.near(
        "the level of a finding",
        examined.number("level"),
        LEVEL,
        0.0,
    );
    let read = || -> Read<_> {
        Ok((
            ids(examined)?,
            examined.list("outcomes")?,
            examined.list("tests")?,
        ))
    };
    let (keys, outcomes, tests) = match read() {
        Ok(read) => read,
        Err(why) => return table.fails("outcomes", why),
    };
    let named: Read<Vec<&str>> = outcomes
        .iter()
        .map(|outcome| outcome.text("key_id"))
        .collect();
    table.same("outcomes: one for each key", named, keys.clone());
    let scored = examined.whole("counts.scored").unwrap_or(0);
    let mut words = vec![];
    for (key, outcome) in keys.iter().zip(&outcomes) {
        let own: Vec<Printed<'_>> = tests
            .iter()
            .filter(|test| test.text("key_id").as_ref() == Ok(key))
            .copied()
            .collect();
        let what = |field: &str| format!("outcome of key {}: {field}", cut(key));
        shares(table, &what, examined, *outcome);
        match judged(examined, *outcome, &own, scored) {
            Ok(judged) => {
                words.push(judged.word);
                table.same(what("outcome"), outcome.text("outcome"), judged.word);
                table.same(
                    what("found by"),
                    outcome.text_or_none("found_by"),
                    judged.found_by,
                );
                table.same(
                    what("conditional"),
                    outcome.text_or_none("conditional"),
                    judged.conditional,
                );
            }
            Err(why) => table.fails(what("outcome"), why),
        }
    }
    let any = |word: &str| words.contains(&word);
    let together = match (any("found"), any("inconclusive")) {
        (true, _) => "found",
        (false, true) => "inconclusive",
        (false, false) => "not-found",
    };
    table.same("outcome", examined.text("outcome"), together);
}

/// The ids of the tested keys.
pub(crate) fn ids(examined: Printed<'_>) -> Read<Vec<&str>> {
    examined
        .list("keys")?
        .into_iter()
        .map(|key| key.text("key_id"))
        .collect()
}

/// Whether a finding may decide: its conditions hold, there are cells enough, and it is no contrast.
pub(crate) fn decides(test: Printed<'_>) -> Read<bool> {
    let is_proven = test.list_or_none("unproven")?.is_empty();
    Ok(is_proven && test.whole("scored")? >= FEW_CELLS && test.text("test")? != "T6")
}

/// Whether its adjusted p-value is at or below the level.
pub(crate) fn is_at_level(test: Printed<'_>) -> Read<bool> {
    Ok(test.number("log10_p_adjusted")? <= LEVEL.log10())
}

struct Judged<'a> {
    word: &'static str,
    found_by: Option<&'a str>,
    conditional: Option<&'a str>,
}

fn judged<'a>(
    examined: Printed<'_>,
    outcome: Printed<'_>,
    tests: &[Printed<'a>],
    scored: u64,
) -> Read<Judged<'a>> {
    let (mut found_by, mut conditional, mut is_proven) = (None, None, false);
    for test in tests {
        let name = test.text("test")?;
        let unproven = !test.list_or_none("unproven")?.is_empty();
        is_proven |= name == "T1" && !unproven;
        if is_at_level(*test)? {
            if decides(*test)? {
                found_by = found_by.or(Some(name));
            }
            if unproven {
                conditional = conditional.or(Some(name));
            }
        }
    }
    let ruled_out = match examined.number_or_none("plan.rule_out")? {
        Some(asked) => outcome
            .number_or_none("certified_share")?
            .is_some_and(|share| share <= asked),
        None => true,
    };
    let word = if found_by.is_some() {
        "found"
    } else if scored < FEW_CELLS || !is_proven || !ruled_out {
        "inconclusive"
    } else {
        "not-found"
    };
    Ok(Judged {
        word,
        found_by,
        conditional,
    })
}

/// What a table of studies says is not in the findings alone.
fn shares(
    table: &mut Table,
    what: &impl Fn(&str) -> String,
    examined: Printed<'_>,
    outcome: Printed<'_>,
) {
    let own_study = !examined.is_absent("plan.calibration.table");
    if !own_study {
        table.holds(
            what("certified share"),
            outcome.is_absent("certified_share"),
            || "without a study of the user's own nothing is certified".to_owned(),
        );
    }
    let fields = [
        "smallest_share",
        "certified_share",
        "needs_answers",
        "calibration",
    ];
    if fields.iter().any(|field| !outcome.is_absent(field)) {
        table.not_checked(
            what("smallest share and answers needed"),
            "they come from a table of studies: `replay` with the keys reads it again",
        );
    }
}
