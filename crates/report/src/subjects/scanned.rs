//! Which of several marks is in a text.

use crate::page::{Block, Column, Page, Section, Table, Text};
use crate::sections;
use crate::words::{count, decimals, fixed, log10_p, p, plain_warning_of_text, skipped};
use hallmark::scan::{Scanned, Tried};

/// Marks whose sentence stands on page one.
const SENTENCES: usize = 6;

pub(crate) fn scanned(scanned: &Scanned) -> Page {
    let sections = vec![
        Section::new("question", "What was asked").with(Block::paragraph(format!(
            "Which of {} marks, each a profile with a key, is in {} documents? The chance of a false answer over all of them is to be at most {}.",
            count(scanned.tried.len() as u64),
            count(scanned.documents),
            fixed(scanned.level)
        ))),
        Section::new("finding", "What was found, and what it does not show")
            .and(says(scanned))
            .with(Block::paragraph(plain_warning_of_text()))
            .with(Block::heading("What it does not show"))
            .with(does_not_show()),
        Section::new("results", "Everything that was tried").with(tried(scanned)),
        sections::reading(&scanned.reading),
        Section::new("warnings", "Warnings").and(warnings(scanned)),
        Section::new("repeat", "How to repeat it").with(Block::paragraph(
            "The same version of the program with the same texts, profiles and keys, all that the table names, gives the same bytes. This result does not hold the digests of its files.",
        ))
        .with(Block::code("hallmark scan --profile PROFILE --key KEY TEXTS")),
    ];
    Page {
        kind: "Result of a scan",
        title: Text::words("Which mark is in this text?"),
        below: Text::words("Hallmark ").and_name(&scanned.version),
        sections,
    }
}

fn says(scanned: &Scanned) -> Vec<Block> {
    if scanned.found.is_empty() {
        return vec![Block::says(format!(
            "None of these marks was found at level {}, with these parameters. No study says how much of a mark these documents could have lost and still have shown it.",
            fixed(scanned.level)
        ))];
    }
    let found = scanned.found.iter();
    let sentence = |tried: &Tried| {
        let mut text = Text::words("The text depends on key ")
            .and_code(&tried.key_id)
            .and(" under ")
            .and_given(tried.profile.named())
            .and(": among all that was tried, a p-value as small as this would come up by chance with probability at most ")
            .then(Text::strong(p(tried.log10_p_adjusted)))
            .and(".");
        let same = |other: &&Tried| {
            (&other.key_id, other.scored, other.statistic)
                == (&tried.key_id, tried.scored, tried.statistic)
        };
        if scanned.found.iter().filter(same).count() > 1 {
            text = text.and(
                " Another of those found reads this text alike: the two cannot be told apart.",
            );
        }
        Block::says(text)
    };
    let mut blocks: Vec<Block> = found.take(SENTENCES).map(sentence).collect();
    if let Some(more) = scanned.found.len().checked_sub(SENTENCES + 1) {
        blocks.push(Block::paragraph(format!(
            "And {} more: see the table.",
            count(more as u64 + 1)
        )));
    }
    blocks
}

fn does_not_show() -> Block {
    let lines = [
        "A mark that is found says that the text depends on that key. It does not say who wrote the text, who asked for it, or when.",
        "\"None of these\" does not say that there is no mark: other keys, parameters and schemes were not tried.",
    ];
    Block::List(lines.map(Text::words).to_vec())
}

fn tried(scanned: &Scanned) -> Table {
    Table::of(
        format!(
            "The smallest p first, adjusted for everything that was tried (Holm's method). {} pairs of a profile and a key do not belong together and were not tried.",
            count(scanned.unfit)
        ),
        [
            Column::words("Mark"),
            Column::words("Key"),
            Column::number("Cells"),
            Column::number("Sum of scores"),
            Column::number("p"),
            Column::number("log10 p"),
            Column::number("Adjusted p"),
            Column::words("For text that no key marked"),
        ],
        &scanned.tried,
        |one| {
            let unmarked = one.log10_p_unmarked.map_or_else(
                || "–".to_owned(),
                |log10| match one.decoys {
                    Some(decoys) => format!(
                        "p = {} (compared with {} other keys)",
                        p(log10),
                        count(decoys)
                    ),
                    None => format!("p = {}", p(log10)),
                },
            );
            vec![
                Text::given(one.profile.named()),
                Text::code(&one.key_id).and(" ").and_given(&one.file),
                count(one.scored).into(),
                decimals(one.statistic, 2).into(),
                p(one.log10_p).into(),
                log10_p(one.log10_p).into(),
                p(one.log10_p_adjusted).into(),
                unmarked.into(),
            ]
        },
    )
}

fn warnings(scanned: &Scanned) -> Vec<Block> {
    let warned = scanned.tried.iter().flat_map(|one| {
        let warnings = one.warnings.iter();
        warnings.map(move |warning| {
            Text::given(&one.file).and(format!(": {warning}; {}.", warning.hint()))
        })
    });
    let mut lines: Vec<Text> = warned.take(50).collect();
    let untried = scanned.untried.iter().take(50);
    lines.extend(untried.map(|one| {
        Text::words("Not tried: ")
            .and_given(&one.file)
            .and(": ")
            .and(&one.why)
            .and(".")
    }));
    lines.extend(skipped(&scanned.skipped));
    if lines.is_empty() {
        vec![Block::paragraph("None.")]
    } else {
        vec![Block::List(lines)]
    }
}
