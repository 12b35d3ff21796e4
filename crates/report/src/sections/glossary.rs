//! The words that a report uses, for a lay reader.

use crate::page::{Block, Page, Section, Text};
use crate::words::GLOSSARY;

/// The glossary of a page: those of its words that need one.
pub(crate) fn glossary(page: &Page) -> Option<Section> {
    let used = page.words().to_lowercase();
    let rows = GLOSSARY.iter().filter(|row| used.contains(row.1));
    let facts: Vec<(Text, Text)> = rows.map(|row| (row.0.into(), row.2.into())).collect();
    (!facts.is_empty()).then(|| Section::new("glossary", "Annex: words").with(Block::Facts(facts)))
}
