//! Warnings, conditions, and what is not shown.

use super::column::words;
use crate::Case;
use crate::page::{Block, Table, Text};
use crate::words::{plain_warning, skipped};
use hallmark::examine::{Checker, DOES_NOT_SHOW, Examined, TriedKey};
use hallmark_detector::finding::{Test, Warning};

/// What no examination of this kind shows; first what a p-value is not.
pub(super) fn does_not_show(examined: &Examined) -> Block {
    let lines = examined.does_not_show.iter().take(20);
    // The warning says the same, and more.
    let others = lines.filter(|line| line[..] != *DOES_NOT_SHOW[0]);
    let mut list = vec![plain_warning()];
    list.extend(others.map(Text::words));
    Block::List(list)
}

/// Warnings and conditions that do not hold, each once with the tests that carry it.
pub(crate) fn warnings(examined: &Examined) -> Vec<Block> {
    let mut lines: Vec<(String, Vec<String>)> = vec![];
    for finding in &examined.tests {
        let warned = finding
            .warnings
            .iter()
            .filter(|warning| **warning != Warning::RelatedKeys || finding.test() == Test::T1);
        let warned = warned.map(|warning| format!("{warning}; {}", warning.hint()));
        let unproven = finding.unproven.iter();
        let unproven = unproven.map(|one| format!("{one}; {} (decides nothing)", one.hint()));
        for line in warned.chain(unproven) {
            let test = finding.test().to_string();
            match lines.iter_mut().find(|(known, _)| *known == line) {
                Some((_, tests)) if tests.contains(&test) => {}
                Some((_, tests)) => tests.push(test),
                None => lines.push((line, vec![test])),
            }
        }
    }
    let mut list: Vec<Text> = lines
        .into_iter()
        .map(|(line, tests)| Text::strong(tests.join(", ") + ": ").and(line + "."))
        .collect();
    list.extend(skipped(&examined.skipped));
    if let Some(reference) = &examined.reference {
        let own = skipped(&reference.skipped).into_iter();
        list.extend(own.map(|line| Text::words("Control sample: ").then(line)));
    }
    for not_made in examined.not_made.iter().take(20) {
        list.push(
            Text::strong(format!("{}: ", not_made.test))
                .and("not made of this mark: ")
                .and(&not_made.why)
                .and("."),
        );
    }
    if list.is_empty() {
        vec![Block::paragraph("No test carries a warning.")]
    } else {
        vec![Block::List(list)]
    }
}

/// What a case has to show of conditions that are left for a person.
pub(crate) fn shown_of_conditions(case: &Case) -> Vec<Block> {
    let examined = &case.examined;
    let is_committed = |key: &TriedKey| case.commitments.iter().any(|one| one.key_id == key.key_id);
    let mut lines = vec![];
    if !examined.keys.is_empty() && examined.keys.iter().all(is_committed) {
        lines.push("Every tested key was committed to: its commitment, and where it was logged, stands with the keys. That this was before the answers is to be read off the log and its time stamp.");
    }
    if case.plan.is_some() {
        lines.push("The plan was fixed and signed: its digest, and where it was logged, stands with the plan; every run is in the custody log. That it is older than the answers is to be read off the log and its time stamp.");
    }
    match lines.is_empty() {
        true => vec![],
        false => vec![
            Block::paragraph("Of the first two of these conditions this case shows:"),
            Block::List(lines.into_iter().map(Text::words).collect()),
        ],
    }
}

/// The conditions that findings rest on, with who checked each.
pub(crate) fn conditions(examined: &Examined) -> Table {
    // What is left for a person comes first: that is what has to be argued.
    let mut conditions: Vec<_> = examined.conditions.iter().collect();
    conditions.sort_by_key(|one| match one.checked_by {
        Checker::Person => 0,
        Checker::Plan => 1,
        Checker::Program => 2,
    });
    Table::of(
        "What the p-values rest on. Where one of these does not hold, the tests named beside it say nothing.",
        [
            words("Condition"),
            words("Tests"),
            words("Who checked it"),
            words("What was seen, or is left to show"),
        ],
        conditions,
        |one| {
            let tests: Vec<String> = one.tests.iter().map(Test::to_string).collect();
            let by = match one.checked_by {
                Checker::Program => "the program, on these files",
                Checker::Plan => "the plan, if it is older than the answers",
                Checker::Person => "nobody yet: for a person to show",
            };
            vec![
                Text::words(&one.condition),
                tests.join(", ").into(),
                by.into(),
                Text::words(&one.how),
            ]
        },
    )
}
