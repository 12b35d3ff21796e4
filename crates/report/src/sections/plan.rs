//! The plan that was fixed beforehand, and what was done otherwise.

use super::column::words;
use super::not_stated::or_not_stated;
use super::signatures::logged;
use crate::FixedPlan;
use crate::page::{Block, Table, Text};
use hallmark::examine::Examined;

/// The plan's digest, its proof, its deviations.
pub(crate) fn plan(examined: &Examined, plan: Option<&FixedPlan>) -> Vec<Block> {
    let run = (
        Text::words("What was done, as the result has it (SHA-256)"),
        Text::code(&examined.plan_sha256),
    );
    let Some(plan) = plan else {
        return vec![
            Block::Facts(vec![run]),
            Block::missing(
                "A plan that was fixed beforehand: not stated. The digest above is of what was done; nothing here shows that it is older than the answers.",
            ),
        ];
    };
    let mut blocks = vec![Block::Facts(vec![
        (
            "Plan that was fixed, its file (SHA-256)".into(),
            Text::code(&plan.sha256),
        ),
        run,
        ("Logged".into(), logged(&plan.logged)),
    ])];
    // The two digests are of different texts, the plan's file and what the program did by it: they are compared field by field
    // before each run, and by the verifier.
    if plan.deviations.is_empty() {
        blocks.push(Block::paragraph(
            "No deviation is recorded: the program compares what it is about to do with the fixed plan before each run, and the verifier compares them again.",
        ));
    } else {
        blocks.push(
            Table::of(
                "What was done otherwise than planned.",
                [words("Deviation"), words("The operator's note")],
                &plan.deviations,
                |one| vec![Text::given(&one.what), or_not_stated(one.note.as_deref())],
            )
            .into(),
        );
    }
    match &plan.text {
        Some(text) => {
            blocks.push(Block::paragraph("The plan's text, as it was fixed:"));
            blocks.push(Block::code(text));
        }
        None => blocks.push(Block::missing("The plan's text: not stated.")),
    }
    blocks
}
