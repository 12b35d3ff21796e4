//! Whether a text is marked, and where.

use super::calibrated::of_length;
use crate::page::{Block, Column, Page, Picture, Section, Table, Text};
use crate::picture;
use crate::sections;
use crate::words::{
    above, below, count, counts, decimals, effect_facts, log10_p, measure, p,
    plain_warning_of_text, significant, skipped,
};
use hallmark::detect::{Detected, Document, Verdict};
use hallmark::{LocatedJson, PassageJson, words};
use hallmark_detector::finding::{FEW_CELLS, Finding};
use hallmark_detector::tail::Log10P;

/// Documents whose passages have a picture.
const PICTURES: usize = 20;

pub(crate) fn detected(detected: &Detected) -> Page {
    let located = detected.documents.iter().filter_map(|document| {
        let located = document.located.as_ref()?;
        (!located.passages.is_empty()).then_some((document, located))
    });
    let located: Vec<(&Document, &LocatedJson)> = located.collect();
    let sections = vec![
        Section::new("question", "What was asked").with(Block::paragraph(
            Text::words("Is the text marked under key ")
                .and_code(&detected.key_id)
                .and(", with the mark ")
                .and_given(detected.profile.named())
                .and("?"),
        )),
        Section::new("finding", "What was found, and what it does not show")
            .with(Block::says(says(detected)))
            .with(Block::paragraph(plain_warning_of_text()))
            .with(Block::heading("What it does not show"))
            .with(does_not_show()),
        Section::new("results", "The numbers")
            .with(Block::Facts(numbers(detected)))
            .and(words::shared(detected).map(Block::caution))
            .with(documents(detected))
            .and(calibration(detected)),
        Section::new("passages", "Where the mark was found").and(passages(&located)),
        sections::reading(&detected.reading),
        Section::new("warnings", "Warnings").and(warnings(detected)),
        Section::new("repeat", "How to repeat it").with(Block::paragraph(
            "The same version of the program with the same texts, profile and key gives the same bytes. This result does not hold the digests of its files.",
        ))
        .with(Block::code("hallmark detect --key KEY --profile PROFILE TEXTS")),
    ];
    Page {
        kind: "Result of a detection",
        title: Text::words("Is this text marked?"),
        below: Text::words("Hallmark ").and_name(&detected.version),
        sections,
    }
}

fn says(detected: &Detected) -> Text {
    let pooled = &detected.pooled;
    if pooled.scored < FEW_CELLS {
        return Text::words(format!(
            "Nothing can be said either way: {} distinct cells were scored, and {FEW_CELLS} are the least.",
            count(pooled.scored)
        ));
    }
    let seen = pooled.effect().map_or_else(String::new, |effect| {
        format!(
            " The {} is {} above what chance gives (95% interval {} to {}); {} above or more would have been found in nine cases of ten.",
            measure(effect.measure),
            significant(effect.value - effect.null),
            below(effect.interval.low - effect.null),
            above(effect.interval.high - effect.null),
            above(effect.smallest_visible - effect.null)
        )
    });
    let told = match verdict(detected.verdict.as_ref(), pooled.scored, pooled.log10_p) {
        Some(told) => Text::words("All together: ")
            .then(Text::strong(told))
            .and(". "),
        None => Text::default(),
    };
    told.and("A random key would make all these texts together score as high as this key does with probability at most ")
        .then(Text::strong(p(pooled.log10_p)))
        .and(format!(" (over {} distinct cells).{seen}", count(pooled.scored)))
}

/// The verdict that a result has, if its own numbers give the same.
fn verdict(given: Option<&Verdict>, scored: u64, log10_p: Log10P) -> Option<String> {
    given.map(|given| match Verdict::of(given.level, scored, log10_p) {
        same if same == *given && given.level > 0.0 && given.level < 1.0 => words::verdict(given),
        _ => "the result contradicts itself, and nothing is concluded from its verdict".to_owned(),
    })
}

fn does_not_show() -> Block {
    let lines = [
        "A small p-value says that the text depends on this key. It does not say who wrote the text, who asked for it, or when.",
        "A large one does not say that the text was written without the model: text that was short, edited, paraphrased or sampled with little choice keeps little of a mark, and other keys and other marks were not looked for.",
        "Documents by themselves are not adjusted for their number: among a thousand unmarked ones, one is expected at p = 0.001.",
    ];
    Block::List(lines.map(Text::words).to_vec())
}

fn numbers(detected: &Detected) -> Vec<(Text, Text)> {
    let pooled = &detected.pooled;
    let mut facts = counts("Documents read", &detected.counts);
    facts.push((
        "All together: sum of scores".into(),
        decimals(pooled.statistic(), 2).into(),
    ));
    facts.push((
        "p, and log10 p".into(),
        format!("{}; {}", p(pooled.log10_p), log10_p(pooled.log10_p)).into(),
    ));
    if let Some(unmarked) = pooled.log10_p_unmarked {
        facts.push((
            "p for text that no key of this engine marked".into(),
            p(unmarked).into(),
        ));
    }
    if let Some(decoys) = pooled.decoys() {
        facts.push((
            "Compared with other keys on the same text".into(),
            count(decoys).into(),
        ));
    }
    if detected.weighted_mean {
        facts.push(("Score".into(), "the weighted mean of the layers".into()));
    }
    if let Some(effect) = pooled.effect() {
        facts.extend(effect_facts(effect, pooled.scored));
    }
    facts
}

/// What was counted before on text of one's own.
fn calibration(detected: &Detected) -> Vec<Block> {
    let Some(quoted) = &detected.calibration else {
        return vec![];
    };
    let told = Text::words(
        "Before, unmarked text of one's own was tested in the same way (calibration ",
    )
    .and_code(&quoted.file.file)
    .and(format!(
        ", {} random keys): the row for texts as long as half of these documents are at least.",
        count(u64::from(quoted.keys))
    ));
    let heading = Block::heading("Calibrated on one's own text");
    let quoted = of_length(&quoted.length);
    [heading, Block::paragraph(told)]
        .into_iter()
        .chain(quoted)
        .collect()
}

fn documents(detected: &Detected) -> Table {
    let are_alike = words::shared(detected).is_some();
    let mut columns = vec![
        Column::words("Document"),
        Column::number("Tokens"),
        Column::number("Cells"),
        Column::number("Sum of scores"),
        Column::words("Verdict"),
        Column::number("p"),
        Column::number("log10 p"),
    ];
    if are_alike {
        columns.extend([Column::number("Alone: cells"), Column::number("Alone: p")]);
    }
    columns.extend([
        Column::number("Best window, adjusted p"),
        Column::words("Warnings"),
    ]);
    Table::of(
        "Each document by itself, not adjusted for their number.",
        columns,
        &detected.documents,
        |document| {
            let source = Text::code(&document.source);
            let warnings: Vec<String> = document.warnings.iter().map(ToString::to_string).collect();
            let told = verdict(document.verdict.as_ref(), document.scored, document.log10_p);
            let mut row: Vec<Text> = vec![
                match &document.id {
                    Some(id) => source.and(", id ").and_given(id),
                    None => source,
                },
                count(document.tokens).into(),
                count(document.scored).into(),
                decimals(document.statistic, 2).into(),
                told.unwrap_or_else(|| "–".to_owned()).into(),
                p(document.log10_p).into(),
                log10_p(document.log10_p).into(),
            ];
            if are_alike {
                // Nothing stands here of a document all of whose cells are new.
                let alone = document.new.map(|new| [count(new.scored), p(new.log10_p)]);
                let alone = alone.unwrap_or_else(|| ["–".to_owned(), "–".to_owned()]);
                row.extend(alone.map(Text::from));
            }
            row.extend([
                Text::from(best_window(document)),
                warnings.join("; ").into(),
            ]);
            row
        },
    )
}

/// The smallest p of any window, adjusted for all of the document.
fn best_window(document: &Document) -> String {
    let best = document
        .located
        .as_ref()
        .and_then(|one| one.log10_p_adjusted);
    best.map_or_else(|| "–".to_owned(), p)
}

fn passages(located: &[(&Document, &LocatedJson)]) -> Vec<Block> {
    if located.is_empty() {
        return vec![Block::paragraph(
            "No passage of a document was called marked, or none was looked for.",
        )];
    }
    let mut blocks = vec![Block::paragraph(
        "A passage is called marked where its p-value, adjusted for all windows of its document that were tried, is at or below the level that was given. Its ends are estimates; the tested window is what the p-value is of.",
    )];
    for (number, (document, located)) in located.iter().take(PICTURES).enumerate() {
        let name = Text::code(&document.source);
        let ranges: Vec<[usize; 2]> = located
            .passages
            .iter()
            .take(200)
            .map(|one| one.tokens)
            .collect();
        blocks.push(
            Picture {
                svg: picture::strip(
                    &format!("passages-{number}"),
                    &name.plain(),
                    document.tokens,
                    &ranges,
                ),
                caption: name.and(": marked passages are dark."),
            }
            .into(),
        );
        blocks.extend(in_text(located));
    }
    if located.iter().all(|(_, located)| located.text.is_none()) {
        blocks.push(Block::missing(
            "The texts of these documents are not in this result; `hallmark detect --with-text` puts them there, and the passages are shown in them.",
        ));
    }
    if located.len() > PICTURES {
        blocks.push(Block::caution(format!(
            "Pictures and texts are of the first {PICTURES} documents with marked passages; the table has all {}.",
            count(located.len() as u64)
        )));
    }
    let all = located.iter().flat_map(|(document, located)| {
        let passages = located.passages.iter();
        passages.map(|passage| (*document, located.tried, passage))
    });
    blocks.push(
        Table::of(
            "Marked passages.",
            [
                Column::words("Document"),
                Column::words("Tokens, about"),
                Column::words("Bytes"),
                Column::words("Tested window"),
                Column::number("Cells"),
                Column::number("Windows tried"),
                Column::number("p, adjusted for them"),
                Column::words("How it begins"),
            ],
            all,
            |(document, tried, passage)| row(document, tried, passage),
        )
        .into(),
    );
    blocks
}

/// The passages in the document's text, where the result has it.
fn in_text(located: &LocatedJson) -> Option<Block> {
    let text = located.text.as_ref()?;
    let places = located.passages.iter().map(|passage| passage.bytes);
    let places = places.collect::<Option<Vec<_>>>();
    let shown = places.and_then(|mut places| {
        places.sort_unstable();
        Block::passages(text, &places)
    });
    Some(shown.unwrap_or_else(|| {
        Block::caution("The result's passages are no places in the text that it holds.")
    }))
}

fn row(document: &Document, tried: u64, passage: &PassageJson) -> Vec<Text> {
    let range = |[from, to]: [usize; 2]| format!("{} to {}", count(from as u64), count(to as u64));
    vec![
        Text::code(&document.source),
        range(passage.tokens).into(),
        passage.bytes.map_or_else(|| "–".to_owned(), range).into(),
        range(passage.tested).into(),
        count(passage.scored).into(),
        count(tried).into(),
        p(passage.log10_p_adjusted).into(),
        match &passage.excerpt {
            Some(excerpt) => Text::marked(excerpt),
            None => Text::words("–"),
        },
    ]
}

fn warnings(detected: &Detected) -> Vec<Block> {
    let of = |pooled: &Finding| -> Vec<Text> {
        let warnings = pooled.warnings.iter();
        warnings
            .map(|warning| Text::words(format!("{warning}; {}.", warning.hint())))
            .collect()
    };
    let mut lines = of(&detected.pooled);
    lines.extend(skipped(&detected.skipped));
    if lines.is_empty() {
        vec![Block::paragraph("None.")]
    } else {
        vec![Block::List(lines)]
    }
}
