//! How the records were read.

use crate::page::{Block, Section, Text};
use hallmark::read::Reading;
use hallmark::words;

/// Layouts, and what was done to the text or could be.
pub(crate) fn reading(reading: &Reading) -> Section {
    let lines = words::reading(reading);
    let block = match lines.is_empty() {
        true => Block::missing("How the records were read: not stated."),
        false => Block::List(lines.into_iter().map(Text::words).collect()),
    };
    Section::new("reading", "How the records were read").with(block)
}
