//! Keys, cohorts and commitments: never a key's bytes.

use super::column::{number, words};
use super::not_stated::or_not_stated;
use super::signatures::logged;
use crate::Commitment;
use crate::page::{Block, Table, Text};
use crate::words::{Names, count};
use hallmark::examine::{Examined, TriedKey};

/// Commitments, and the keys that have none.
pub(crate) fn keys(
    examined: &Examined,
    commitments: &[Commitment],
    names: &Names<'_>,
) -> Vec<Block> {
    let mut blocks = vec![];
    if commitments.is_empty() {
        blocks.push(Block::missing(
            "Commitments to keys: not stated. Nothing here shows that the keys were fixed before the answers.",
        ));
    } else {
        blocks.push(
            Table::of(
                "Keys by their public ids. A commitment binds a key without telling it.",
                [
                    words("Key"),
                    words("For"),
                    number("Accounts"),
                    words("Issued"),
                    words("Commitment"),
                    words("Logged"),
                ],
                commitments,
                |one| {
                    vec![
                        Text::code(&one.key_id).and(" ").and_given(&one.name),
                        one.role.name().into(),
                        one.cohort_size
                            .map_or_else(|| "not stated".to_owned(), count)
                            .into(),
                        or_not_stated(one.issued.as_deref()),
                        Text::code(&one.commitment),
                        logged(&one.logged),
                    ]
                },
            )
            .into(),
        );
    }
    let has_none = |key: &&TriedKey| commitments.iter().all(|one| one.key_id != key.key_id);
    let mut bare = examined
        .keys
        .iter()
        .chain(&examined.controls)
        .filter(has_none)
        .peekable();
    if !commitments.is_empty() && bare.peek().is_some() {
        let mut text = Text::words("Examined without a commitment that is stated here:");
        let all = bare.by_ref().take(20);
        for (at, key) in all.enumerate() {
            text = text
                .and(if at == 0 { " " } else { ", " })
                .then(names.key(&key.key_id));
        }
        let more = bare.count();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        blocks.push(Block::caution(text.and(more + ".")));
    }
    blocks
}
