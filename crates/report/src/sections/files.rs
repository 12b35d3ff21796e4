//! Files with their digests.

use super::column::{number, words};
use super::not_stated::or_not_stated;
use crate::Item;
use crate::page::{Block, Table, Text};
use crate::words::count;
use hallmark::examine::Examined;
use hallmark::{InputFile, Role};

/// Every file that went into a result.
pub(crate) fn inputs(inputs: &[InputFile]) -> Table {
    Table::of(
        "Files that went into the result, as they were when they were read.",
        [
            words("File"),
            words("Read as"),
            number("Bytes"),
            words("SHA-256"),
        ],
        inputs,
        |input| {
            vec![
                Text::code(&input.file),
                input.role.to_string().into(),
                count(input.bytes).into(),
                Text::code(&input.sha256),
            ]
        },
    )
}

/// What was taken in, held against what was examined.
pub(crate) fn items(examined: &Examined, items: &[Item]) -> Vec<Block> {
    let mut blocks = vec![];
    if items.is_empty() {
        blocks.push(Block::missing(
            "Items as they were taken in: not stated. How the answers were acquired, by whom and when is for a person to show.",
        ));
    } else {
        blocks.push(
            Table::of(
                "Items as they were taken in.",
                [
                    words("Item"),
                    number("Bytes"),
                    words("SHA-256"),
                    words("How acquired"),
                ],
                items,
                |item| {
                    vec![
                        Text::code(&item.file),
                        item.bytes
                            .map_or_else(|| "not stated".to_owned(), count)
                            .into(),
                        Text::code(&item.sha256),
                        or_not_stated(item.acquired.as_deref()),
                    ]
                },
            )
            .into(),
        );
    }
    blocks.push(inputs(&examined.inputs).into());
    let is_item = |input: &&InputFile| {
        let of = |item: &Item| item.sha256.eq_ignore_ascii_case(&input.sha256);
        !items.iter().any(of)
    };
    let is_evidence =
        |input: &&InputFile| !matches!(input.role, Role::Tokenizer | Role::Calibration);
    let unknown = examined.inputs.iter().filter(is_evidence).filter(is_item);
    let unknown: Vec<&str> = unknown.map(|input| &input.file[..]).collect();
    if !items.is_empty() && !unknown.is_empty() {
        let mut text = Text::words("Examined, but with a digest that no item above has: ");
        for (at, file) in unknown.iter().take(10).enumerate() {
            text = text.and(if at == 0 { "" } else { ", " }).and_code(file);
        }
        let more = unknown.len().saturating_sub(10);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        blocks.push(Block::caution(text.and(more + ".")));
    }
    blocks
}
