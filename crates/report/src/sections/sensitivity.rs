//! Does the finding hang on one source, one tokenizer, one window; and what could have been seen?

use super::column::{number, words};
use super::pictures;
use crate::page::{Block, Table, Text};
use crate::words::{Names, count, log10_p, p, seen};
use crate::{Case, Source, SourcesAre};

/// Keys that have a picture of their sources.
const PICTURES: usize = 8;

/// Leave one out, variations, smallest share.
pub(crate) fn sensitivity(case: &Case, names: &Names<'_>) -> Vec<Block> {
    let examined = &case.examined;
    let mut blocks = vec![];
    if case.sources.is_empty() {
        blocks.push(Block::missing(
            "Leaving one source out at a time: not stated.",
        ));
    } else {
        let mut keys: Vec<&str> = vec![];
        for source in &case.sources {
            if !keys.contains(&&source.key_id[..]) && keys.len() < PICTURES {
                keys.push(&source.key_id);
            }
        }
        for (number, key_id) in keys.into_iter().enumerate() {
            let own: Vec<&Source> = case
                .sources
                .iter()
                .filter(|one| one.key_id == key_id)
                .collect();
            blocks.push(pictures::sources(examined, names, number, &own));
        }
        blocks.extend(
            case.sources_are
                .map(|are| Block::paragraph(sources_are(are))),
        );
        blocks.push(
            Table::of(
                "Sum of scores (T1) with one source left out at a time; p is not adjusted. A finding that goes when one source goes rests on that source.",
                [words("Without"), words("Key"), number("Cells left"), number("p"), number("log10 p")],
                &case.sources,
                |one| {
                    vec![
                        Text::given(&one.source),
                        names.key(&one.key_id),
                        count(one.cells).into(),
                        p(one.log10_p).into(),
                        log10_p(one.log10_p).into(),
                    ]
                },
            )
            .into(),
        );
    }
    if case.variations.is_empty() {
        blocks.push(Block::missing(
            "The same with another tokenizer or another window: not stated.",
        ));
    } else {
        blocks.push(
            Table::of(
                "The same answers examined in other ways. These are for comparison: they are not among the tests that were planned, and no finding is taken from them.",
                [words("What was otherwise"), words("Key"), number("Cells"), number("p"), number("log10 p")],
                &case.variations,
                |one| {
                    vec![
                        Text::given(&one.what),
                        names.key(&one.key_id),
                        count(one.cells).into(),
                        p(one.log10_p).into(),
                        log10_p(one.log10_p).into(),
                    ]
                },
            )
            .into(),
        );
    }
    let outcomes = examined.outcomes.iter();
    blocks.push(
        Table::of(
            "What could have been seen.",
            [
                words("Key"),
                words("Smallest share of marked training text"),
            ],
            outcomes,
            |outcome| {
                vec![
                    names.key(&outcome.key_id),
                    Text::words(seen(outcome, examined)),
                ]
            },
        )
        .into(),
    );
    blocks
}

/// What is left out, in words.
const fn sources_are(are: SourcesAre) -> &'static str {
    match are {
        SourcesAre::Files => {
            "Sources are the files of answers. A cell belongs to the answer that had it first. The numbers follow from what is disclosed of the cells and were computed by the verifier's code."
        }
        SourcesAre::Groups => {
            "Sources are the groups that the records name. A cell belongs to the answer that had it first. The numbers follow from what is disclosed of the cells and were computed by the verifier's code."
        }
        SourcesAre::TenthsOfOne => {
            "All answers have one source: they come from one file, and their records name no groups, or one. In its place, tenths of them in their order are left out. The numbers follow from what is disclosed of the cells and were computed by the verifier's code."
        }
        SourcesAre::Tenths => {
            "Nothing that is disclosed says which answer comes from where, or there are more than 64 sources. In their place, tenths of the answers in their order are left out. The numbers follow from what is disclosed of the cells and were computed by the verifier's code."
        }
    }
}
