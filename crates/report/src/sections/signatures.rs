//! What binds the bundle: signatures, time stamp, log proofs.

use super::column::words;
use super::not_stated::or_not_stated;
use crate::page::{Block, Table, Text};
use crate::words::count;
use crate::{Bundle, Logged};

/// Where something was logged, in a line.
pub(crate) fn logged(logged: &[Logged]) -> Text {
    let Some((first, others)) = logged.split_first() else {
        return Text::words("not stated");
    };
    others
        .iter()
        .fold(entry(first), |text, one| text.and("; ").then(entry(one)))
}

fn entry(one: &Logged) -> Text {
    let text = Text::words("entry ")
        .and(count(one.index))
        .and(" of ")
        .and(count(one.tree_size))
        .and(" in ")
        .and_given(&one.origin);
    match &one.time {
        Some(time) => text.and(", time stamp ").and_given(time),
        None => text.and(", time stamp not stated"),
    }
}

/// Signatures, time stamp and log proof of the bundle, and how to check them.
pub(crate) fn signatures(bundle: Option<&Bundle>) -> Vec<Block> {
    let mut blocks = vec![];
    match bundle {
        None => blocks.push(Block::missing(
            "The bundle's manifest, signatures, time stamp and log proof: not stated.",
        )),
        Some(bundle) => {
            blocks.push(Block::Facts(vec![
                (
                    "Manifest (SHA-256)".into(),
                    Text::code(&bundle.manifest_sha256),
                ),
                ("The manifest itself logged".into(), logged(&bundle.logged)),
            ]));
            if bundle.signers.is_empty() {
                blocks.push(Block::missing("Signers: not stated."));
            } else {
                blocks.push(
                    Table::of(
                        "Who signed. A name is what was stated; a signature shows only that the holder of the key with this public id signed.",
                        [words("Public id"), words("Said to be")],
                        &bundle.signers,
                        |one| vec![Text::code(&one.public_id), or_not_stated(one.name.as_deref())],
                    )
                    .into(),
                );
            }
        }
    }
    blocks.push(Block::paragraph("Where the commitments and the plan were logged stands with the keys and with the plan. What this page says of signatures, time stamps and logs is a statement like any other. Checking the bundle tests them, and computes the arithmetic again from what is disclosed; it needs no key."));
    blocks.push(Block::Verifier);
    blocks
}
