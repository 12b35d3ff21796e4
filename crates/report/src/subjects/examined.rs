//! An examination without a case around it.

use crate::page::{Block, Page, Section, Text};
use crate::sections;
use crate::words::Names;
use hallmark::Examined;

pub(crate) fn examined(examined: &Examined) -> Page {
    let names = Names::new([], examined);
    let sections = vec![
        Section::new("question", "What was asked").with(Block::paragraph(
            Text::words("Do the answers of the suspect depend on the keys that were given, as they would if it had been trained on text marked with them? Looked for was the mark ")
                .and_given(examined.profile.named())
                .and("."),
        )),
        Section::new("finding", "What was found, and what it does not show")
            .and(sections::finding(examined, &names))
            .with(Block::paragraph("This is a result without a case: commitments to keys, custody and review are not part of it.")),
        Section::new("results", "The numbers")
            .and(sections::results(examined, &names, &[], &[]))
            .with(Block::heading("Many tests, many keys"))
            .and(sections::multiplicity(examined, &names)),
        sections::reading(&examined.reading),
        Section::new("warnings", "Warnings").and(sections::warnings(examined)),
        Section::new("conditions", "Conditions").with(sections::conditions(examined)),
        Section::new("method", "Method").and(sections::method(examined, None)),
        Section::new("files", "Files").with(sections::inputs(&examined.inputs)),
        Section::new("repeat", "How to repeat it").and(sections::repeat(examined, &[])),
    ];
    Page {
        kind: "Result of an examination",
        title: Text::words("Was the model trained on marked text?"),
        below: Text::words("Hallmark ").and_name(&examined.version),
        sections,
    }
}
