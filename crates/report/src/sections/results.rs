//! The results under each key: every number.

use super::column::{number, words};
use super::details::details;
use super::pictures;
use crate::page::{Block, Table, Text};
use crate::words::{self, Names, count, decimals, effect_facts, log10_e, log10_p, name, p, says};
use crate::{Evidence, LineUp};
use hallmark::examine::Examined;
use hallmark_detector::finding::{Finding, Found};

/// Keys that have a part of their own; the tables have them all.
const KEYS: usize = 40;

/// What was read, every test under every key, and pictures.
pub(crate) fn results(
    examined: &Examined,
    names: &Names<'_>,
    line_ups: &[LineUp],
    evidence: &[Evidence],
) -> Vec<Block> {
    let mut blocks = vec![Block::Facts(words::counts(
        "Answers read",
        &examined.counts,
    ))];
    blocks.extend(pictures::effects(examined, names));
    blocks.extend(pictures::evidence(examined, names, evidence));
    for key in examined.keys.iter().take(KEYS) {
        let own = || {
            examined
                .tests
                .iter()
                .filter(|test| test.key_id == key.key_id)
        };
        blocks.push(Block::heading(
            Text::words("Key ").then(names.key(&key.key_id)),
        ));
        let mut outcomes = examined.outcomes.iter();
        match outcomes.find(|outcome| outcome.key_id == key.key_id) {
            Some(outcome) => blocks.push(Block::paragraph(says(outcome, examined, names))),
            None => blocks.push(Block::missing("Outcome: not stated.")),
        }
        blocks.push(table(own()).into());
        for finding in own() {
            if let Some(effect) = finding.effect() {
                blocks.push(Block::Facts(effect_facts(effect, finding.scored)));
            }
        }
        blocks.extend(pictures::line_ups(examined, names, &key.key_id, line_ups));
        blocks.extend(own().flat_map(details));
    }
    if examined.keys.len() > KEYS {
        blocks.push(table(&examined.tests).into());
    }
    blocks
}

fn table<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Table {
    Table::of(
        "Every test. p is by itself, adjusted p counts all that was tried; log10 of both to two decimals. \"Decides\": whether its conditions are kept or are a person's to show, with cells enough, and it is no contrast.",
        [
            words("Test"),
            number("Statistic"),
            number("Expected by chance"),
            number("Cells"),
            number("p"),
            number("log10 p"),
            number("Adjusted p"),
            number("log10 adjusted"),
            words("Decides"),
        ],
        findings,
        |finding| {
            let (statistic, expected) = statistic(finding);
            vec![
                Text::strong(finding.test().to_string()).and(format!(" {}", name(finding.test()))),
                statistic.into(),
                expected.into(),
                count(finding.scored).into(),
                p(finding.log10_p).into(),
                log10_p(finding.log10_p).into(),
                p(finding.log10_p_adjusted).into(),
                log10_p(finding.log10_p_adjusted).into(),
                if finding.decides() { "yes" } else { "no" }.into(),
            ]
        },
    )
}

/// What the test went by, and what chance gives.
fn statistic(finding: &Finding) -> (String, String) {
    let sum = |statistic, expected| (decimals(statistic, 2), decimals(expected, 2));
    match &finding.found {
        Found::T1(found) => sum(found.statistic, found.expected),
        Found::T2(found) => sum(found.statistic, found.expected),
        Found::T2r(found) => sum(found.statistic, found.expected),
        Found::T9(found) => sum(found.statistic, found.expected),
        Found::T6(found) => sum(found.statistic, 0.0),
        Found::T3(found) => (
            format!("largest log10 E {}", log10_e(found.supremum.log10_e, 2)),
            "–".to_owned(),
        ),
        Found::T3r(found) => (
            format!("log10 E {}", log10_e(found.log10_e, 2)),
            "–".to_owned(),
        ),
        Found::T5(found) => (
            format!(
                "rank {} of {}",
                count(found.rank),
                count(found.decoys.saturating_add(1))
            ),
            decimals((found.decoys as f64 + 2.0) / 2.0, 1),
        ),
        Found::T8(found) => (
            format!("log10 level {}", decimals(found.log10_smallest, 2)),
            "–".to_owned(),
        ),
    }
}
