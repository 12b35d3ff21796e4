//! Warnings, conditions, and what is not shown.

use super::column::words;
use crate::page::{Block, Table, Text};
use crate::words::{plain_warning, skipped};
use hallmark::examine::{Checker, DOES_NOT_SHOW, Examined};
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
