//! What was found, how sure that is, and what it does not show: page one.

use super::column::{number, words};
use super::conditions::does_not_show;
use crate::page::{Block, Table};
use crate::words::{
    Names, above, below, count, e, finding_of, measure, p, says, short, significant,
};
use crate::{Commitment, Role};
use hallmark::examine::{Checker, Conclusion, Examined, KeyOutcome};
use hallmark_detector::finding::{Finding, Found, Test};

/// Keys whose sentence stands on page one; the rest are in the table of results.
const SENTENCES: usize = 4;

/// The finding, what it does not show, and its numbers.
pub(crate) fn finding(examined: &Examined, names: &Names<'_>) -> Vec<Block> {
    let mut outcomes: Vec<&KeyOutcome> = examined.outcomes.iter().collect();
    outcomes.sort_by_key(|outcome| outcome.outcome);
    let mut blocks: Vec<Block> = outcomes
        .iter()
        .take(SENTENCES)
        .map(|outcome| Block::says(says(outcome, examined, names)))
        .collect();
    if outcomes.is_empty() {
        blocks.push(Block::says("No key was examined."));
    }
    if let Some(more) = outcomes.len().checked_sub(SENTENCES + 1) {
        let found = outcomes
            .iter()
            .filter(|one| one.outcome == Conclusion::Found);
        blocks.push(Block::paragraph(format!(
            "{} more keys were examined; {} of all {} came out as found. The results have a sentence for each.",
            count(more as u64 + 1),
            count(found.count() as u64),
            count(outcomes.len() as u64)
        )));
    }
    blocks.push(Block::paragraph(rests_on(examined)));
    blocks.push(Block::heading("What it does not show"));
    blocks.push(does_not_show(examined));
    blocks.push(Block::heading("The numbers at a glance"));
    blocks.push(at_a_glance(examined, names, &outcomes).into());
    blocks
}

fn at_a_glance(examined: &Examined, names: &Names<'_>, outcomes: &[&KeyOutcome]) -> Table {
    let what = examined.tests.iter().find_map(Finding::effect).map_or_else(
        || "effect".to_owned(),
        |effect| format!("effect (difference of the {})", measure(effect.measure)),
    );
    Table::of(
        format!("Two figures each, rounded against the accuser; {what} with its 95% interval."),
        [
            words("Key"),
            words("Outcome"),
            number("Adjusted p"),
            words("Effect"),
            words("Line-up"),
            number("e-value (T3)"),
        ],
        outcomes.iter().take(12),
        |outcome| {
            let own = |test: Test| {
                let mut tests = examined.tests.iter();
                tests.find(|one| one.test() == test && one.key_id == outcome.key_id)
            };
            let dash = || "–".to_owned();
            let basis = finding_of(outcome, examined).or_else(|| own(Test::T1));
            let effect = own(Test::T1)
                .and_then(Finding::effect)
                .map_or_else(dash, |effect| {
                    format!(
                        "{} ({} to {})",
                        significant(effect.value - effect.null),
                        below(effect.interval.low - effect.null),
                        above(effect.interval.high - effect.null)
                    )
                });
            let line_up = match own(Test::T5).map(|one| (&one.found, one.log10_p)) {
                Some((Found::T5(found), log10_p)) => format!(
                    "rank {} among {} decoys, p = {}",
                    count(found.rank),
                    count(found.decoys),
                    p(log10_p)
                ),
                _ => dash(),
            };
            let log10_e = own(Test::T3).and_then(Finding::log10_e);
            vec![
                names.key(&outcome.key_id),
                short(outcome, examined).into(),
                basis
                    .map_or_else(dash, |one| p(one.log10_p_adjusted))
                    .into(),
                effect.into(),
                line_up.into(),
                log10_e.map_or_else(dash, e).into(),
            ]
        },
    )
}

/// How many conditions are whose to show.
fn rests_on(examined: &Examined) -> String {
    let by = |checker| {
        let conditions = examined.conditions.iter();
        conditions.filter(|one| one.checked_by == checker).count()
    };
    format!(
        "It rests on {} conditions: {} checked by the program, {} fixed by the plan, {} left for a person to show. This report uses no verbal scale of how much evidence weighs.",
        examined.conditions.len(),
        by(Checker::Program),
        by(Checker::Plan),
        by(Checker::Person)
    )
}

/// What the keys of each role say about the propositions.
pub(crate) fn roles(examined: &Examined, commitments: &[Commitment]) -> Vec<Block> {
    let of = |role: Role| -> Vec<&KeyOutcome> {
        let is_of = |outcome: &&KeyOutcome| {
            let mut own = commitments
                .iter()
                .filter(|one| one.key_id == outcome.key_id);
            own.any(|one| one.role == role)
        };
        examined.outcomes.iter().filter(is_of).collect()
    };
    let all = [Role::Tested, Role::Public, Role::Control, Role::NeverUsed];
    let found = |role| {
        of(role)
            .iter()
            .filter(|one| one.outcome == Conclusion::Found)
            .count()
    };
    let mut blocks = vec![Block::paragraph(
        "That answers depend on a key is to be expected under every proposition by which text marked with it came into the training; the p-value speaks against no exposure only. What tells the others apart are the other keys:",
    )];
    blocks.push(
        Table::of(
            "Keys by what they are for (as stated in the commitments).",
            [
                words("Keys"),
                number("Tested here"),
                number("Found"),
                words("What it says"),
            ],
            all,
            |role| {
                vec![
                    role.name().into(),
                    of(role).len().to_string().into(),
                    found(role).to_string().into(),
                    told(role, of(role).len(), found(role)).into(),
                ]
            },
        )
        .into(),
    );
    if found(Role::NeverUsed) > 0 {
        blocks.push(Block::caution("A key that never marked anything was found. By chance that happens with probability at most the level; if the key was indeed never used, something in this examination is not as it was stated, and no finding in it should be relied on before that is explained."));
    }
    blocks
}

const fn told(role: Role, tested: usize, found: usize) -> &'static str {
    match (role, tested, found) {
        (Role::Tested, 0, _) => "No key is stated to be of the cohort under suspicion.",
        (Role::Tested, ..) => {
            "Text marked for this cohort left a trace where found; by which way it came is not said."
        }
        (Role::Public, 0, _) => {
            "Not tested: harvesting through a cohort and picking up public text cannot be told apart here."
        }
        (Role::Public, _, 0) => {
            "No trace of text that was published was found; the limits of what could have been seen apply."
        }
        (Role::Public, ..) => {
            "Published text left a trace: picking up public text is among what can explain the result."
        }
        (Role::Control, 0, _) => "Not tested.",
        (Role::Control, _, 0) => "No trace of the other cohorts' text was found.",
        (Role::Control, ..) => {
            "Other cohorts' text left a trace too: the result is not particular to one cohort."
        }
        (Role::NeverUsed, 0, _) => "Not tested: nothing here checks that the method keeps silent.",
        (Role::NeverUsed, _, 0) => "As it should be: the method kept silent.",
        (Role::NeverUsed, ..) => "This should not be: see below.",
    }
}
