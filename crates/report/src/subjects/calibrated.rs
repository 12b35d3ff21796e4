//! How often unmarked text of one's own is called marked, and marked text.

use crate::page::{Block, Column, Page, Section, Table, Text};
use crate::sections;
use crate::words::{count, decimals, fixed, significant};
use hallmark::calibrate::{Calibrated, CalibratedLength, CalibratedLevel, Rate};

pub(crate) fn calibrated(calibrated: &Calibrated) -> Page {
    let sections = vec![
        Section::new("question", "What was asked").with(Block::paragraph(
            Text::words("How often does `detect` call unmarked text of these files marked, and how often marked text, under key ")
                .and_code(&calibrated.key_id)
                .and(" with the mark ")
                .and_given(calibrated.profile.named())
                .and("?"),
        )),
        Section::new("finding", "What was counted, and what it does not show")
            .with(Block::says(says(calibrated)))
            .and(warnings(calibrated))
            .with(Block::heading("What it does not show"))
            .with(does_not_show()),
        Section::new("results", "The numbers")
            .and(calibrated.lengths.iter().flat_map(of_length)),
        sections::reading(&calibrated.reading),
        Section::new("files", "Files").with(sections::inputs(&calibrated.inputs)),
        Section::new("repeat", "How to repeat it")
            .with(Block::paragraph(format!(
                "The same version of the program with the same files, profile and key, {} random keys and seed {}, gives the same bytes.",
                count(u64::from(calibrated.keys)),
                calibrated.seed
            )))
            .with(Block::code(
                "hallmark calibrate --key KEY --profile PROFILE --marked MARKED UNMARKED",
            )),
    ];
    Page {
        kind: "Calibration on one's own text",
        title: Text::words("How often is unmarked text called marked?"),
        below: Text::words("Hallmark ").and_name(&calibrated.version),
        sections,
    }
}

fn says(calibrated: &Calibrated) -> String {
    let Some(length) = calibrated.lengths.last() else {
        return "No text was long enough.".to_owned();
    };
    let Some(level) = length.levels.iter().find(|level| level.level <= 0.01) else {
        return format!("{} unmarked texts were read.", count(length.texts));
    };
    let mut text = format!(
        "Of {} unmarked texts, {} have p at or below {} under this key ({}); under {} random keys {}.",
        count(length.texts),
        count(level.key.count),
        fixed(level.level),
        limits(&level.key),
        count(u64::from(calibrated.keys)),
        share(&level.random_keys),
    );
    let mut found = calibrated.lengths.iter().filter_map(|length| {
        let level = length.levels.last()?;
        Some((length.tokens?, level.level, level.found?))
    });
    if let Some((tokens, level, found)) = found.next_back() {
        text += &format!(
            " Of {} marked answers of {} tokens, {} have p at or below {}.",
            count(found.of),
            count(u64::from(tokens)),
            share(&found),
            fixed(level)
        );
    }
    text
}

fn warnings(calibrated: &Calibrated) -> Vec<Block> {
    let levels = || calibrated.lengths.iter().flat_map(|length| &length.levels);
    let mut warnings = vec![];
    if levels().any(|level| level.alarming) {
        warnings.push("More of these texts are found than the level allows, by what each has alone or by random keys. Either the texts know the key, or the program is wrong: it is not to be used on such text before that is clear.");
    }
    if levels().any(|level| level.unlucky) {
        warnings.push("This key finds more of these texts than the level says, while random keys do not: many of them share passages that score high under it.");
    }
    if warnings.is_empty() {
        return vec![];
    }
    vec![Block::List(warnings.into_iter().map(Text::words).collect())]
}

fn does_not_show() -> Block {
    let lines = [
        "Rates hold for text like that which was read. Other text, of another kind or language, has other rates under this key.",
        "That the texts are unmarked is the word of whoever gave them.",
        "That a p-value is valid is shown by proof, not by this count: the count bounds faults of the program on this text.",
        "How many marked answers are found depends on the model, its settings and the prompts that were used.",
    ];
    Block::List(lines.map(Text::words).to_vec())
}

/// What a calibration says of texts of a length.
pub(super) fn of_length(length: &CalibratedLength) -> Vec<Block> {
    let heading = match length.tokens {
        Some(tokens) => format!("The first {} tokens", count(u64::from(tokens))),
        None => "Whole texts".to_owned(),
    };
    let is_found = length.levels.iter().any(|level| level.found.is_some());
    let mut columns = vec![
        Column::number("p at or below"),
        Column::number("unmarked, this key"),
        Column::number("the same, by what no text before has"),
        Column::number("unmarked, random keys"),
        Column::number("all together, random keys"),
    ];
    if is_found {
        columns.push(Column::number("marked, this key"));
    }
    let row = |level: &CalibratedLevel| {
        let mut cells = vec![
            fixed(level.level),
            share(&level.key),
            share(&level.key_new),
            share(&level.random_keys),
            share(&level.pooled),
        ];
        cells.extend(level.found.as_ref().map(share));
        cells.into_iter().map(Text::words).collect()
    };
    let texts = format!(
        "{} unmarked texts, each once ({} more were the same as others), of {} distinct cells on average. In brackets 95% limits.",
        count(length.texts),
        count(length.repeated),
        decimals(length.cells, 0)
    );
    vec![
        Block::heading(heading),
        Table::of(texts, columns, &length.levels, row).into(),
    ]
}

fn share(rate: &Rate) -> String {
    format!("{}% ({})", significant(100.0 * rate.rate), limits(rate))
}

fn limits(rate: &Rate) -> String {
    // A limit below this is none.
    let low = if rate.low < 1e-11 { 0.0 } else { rate.low };
    format!(
        "{} to {}%",
        significant(100.0 * low),
        significant(100.0 * rate.high)
    )
}
