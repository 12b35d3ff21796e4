//! What was asked, who did what, and how to repeat it.

use super::column::words;
use super::not_stated::or_not_stated;
use crate::page::{Block, Table, Text};
use crate::{Case, Run};
use hallmark::examine::Examined;

/// The question and the propositions.
pub(crate) fn question(case: &Case) -> Vec<Block> {
    let mut blocks = vec![Block::quote(&case.question)];
    if case.propositions.is_empty() {
        blocks.push(Block::missing("Propositions: not stated."));
        return blocks;
    }
    blocks.push(
        Table::of(
            "The propositions that are held against each other.",
            [words(""), words("Proposition")],
            &case.propositions,
            |one| vec![Text::given(&one.id), Text::given(&one.text)],
        )
        .into(),
    );
    blocks
}

/// The custody log.
pub(crate) fn custody(runs: &[Run]) -> Vec<Block> {
    if runs.is_empty() {
        return vec![Block::missing("Custody log: not stated.")];
    }
    vec![
        Table::of(
            "Everything that was run, in order. Times are those of the machine's clock.",
            [
                words("When"),
                words("What"),
                words("Status"),
                words("Digests (SHA-256)"),
            ],
            runs,
            |run| {
                let mut digests = Text::default();
                for (at, digest) in run.digests.iter().take(20).enumerate() {
                    digests = digests
                        .and(if at == 0 { "" } else { "; " })
                        .and_given(&digest.name)
                        .and(" ")
                        .and_code(&digest.sha256);
                }
                match run.digests.len() {
                    0 => digests = Text::words("–"),
                    more @ 21.. => digests = digests.and(format!("; and {} more", more - 20)),
                    _ => {}
                }
                vec![
                    or_not_stated(run.when.as_deref()),
                    Text::code(&run.what),
                    Text::given(&run.status),
                    digests,
                ]
            },
        )
        .into(),
    ]
}

/// That the plan was run more than once: what is shown is one of several.
pub(crate) fn other_runs(case: &Case) -> Option<Block> {
    let (Some(run), false) = (case.run, case.other_runs.is_empty()) else {
        return None;
    };
    let mut text = Text::words(format!(
        "This page shows run {run}, the last that ended. The same plan was run on other answers too, and what came of that belongs to the finding: "
    ));
    for (at, other) in case.other_runs.iter().take(20).enumerate() {
        text = text.and(if at == 0 { "" } else { "; " }).and_given(other);
    }
    let more = case.other_runs.len().saturating_sub(20);
    if more > 0 {
        text = text.and(format!("; and {more} more"));
    }
    Some(Block::caution(text.and(
        ". p-values are adjusted for the tests of this run alone.",
    )))
}

/// How to repeat the examination.
pub(crate) fn repeat(examined: &Examined, commands: &[String]) -> Vec<Block> {
    let mut blocks = vec![Block::paragraph(
        Text::words("The same version of the program, with files that have the digests above and the keys, gives the same bytes. Plan ")
            .and_code(&examined.plan_sha256)
            .and(format!(
                "; {} decoys for each key, draw {}.",
                crate::words::count(u64::from(examined.plan.decoys)),
                examined.plan.decoy_seed
            )),
    )];
    if commands.is_empty() {
        blocks.push(Block::missing(
            "Commands: not stated. The plan below says every argument and seed.",
        ));
        // A plan whose paths are no text has no JSON.
        if let Ok(plan) = serde_json::to_string_pretty(&examined.plan) {
            blocks.push(Block::code(&plan));
        }
    } else {
        blocks.push(Block::code(&commands.join("\n")));
    }
    blocks
}

/// Who examined and who reviewed.
pub(crate) fn people(case: &Case) -> Vec<Block> {
    let mut blocks = vec![Block::Facts(vec![
        ("Operator".into(), or_not_stated(case.operator.as_deref())),
        ("Reviewer".into(), or_not_stated(case.reviewer.as_deref())),
    ])];
    if case.reviewer.is_none() {
        blocks.push(Block::caution(
            "Nobody is stated to have reviewed this report.",
        ));
    }
    blocks
}
