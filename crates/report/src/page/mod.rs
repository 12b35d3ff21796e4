//! What a report says, before it is written in any language: sections of blocks of clean text.

mod clean;
mod passages;
mod table;
mod text;

pub(crate) use table::{Column, Table};
pub use text::MOST_CHARACTERS;
pub(crate) use text::{Span, Text};

pub use table::MOST_ROWS;

use maud::Markup;

/// A report.
pub(crate) struct Page {
    /// What kind of report it is.
    pub(crate) kind: &'static str,
    /// Its name.
    pub(crate) title: Text,
    /// A line below it.
    pub(crate) below: Text,
    pub(crate) sections: Vec<Section>,
}

/// A part with a heading.
pub(crate) struct Section {
    /// Its anchor.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) blocks: Vec<Block>,
}

/// What stands in a section.
pub(crate) enum Block {
    /// A heading below the section's.
    Heading(Text),
    /// A sentence that carries a finding.
    Says(Text),
    Paragraph(Text),
    /// Lines of somebody else's text.
    Quote(Vec<Text>),
    List(Vec<Text>),
    /// Names with their values.
    Facts(Vec<(Text, Text)>),
    Table(Table),
    Picture(Picture),
    /// What a reader must not miss.
    Caution(Text),
    /// Data that was not given.
    Missing(Text),
    /// Lines to be typed, or machine text.
    Code(String),
    /// Where a bundle can be dropped.
    Verifier,
}

/// A picture, with the same in words.
pub(crate) struct Picture {
    pub(crate) svg: Markup,
    /// Below it.
    pub(crate) caption: Text,
}

impl Section {
    pub(crate) fn new(id: &'static str, title: &'static str) -> Self {
        Self {
            id,
            title,
            blocks: vec![],
        }
    }

    /// The same with a block more.
    pub(crate) fn with(mut self, block: impl Into<Block>) -> Self {
        self.blocks.push(block.into());
        self
    }

    /// The same with some blocks more, or none.
    pub(crate) fn and(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks);
        self
    }
}

impl Block {
    pub(crate) fn heading(text: impl Into<Text>) -> Self {
        Self::Heading(text.into())
    }

    pub(crate) fn paragraph(text: impl Into<Text>) -> Self {
        Self::Paragraph(text.into())
    }

    pub(crate) fn says(text: impl Into<Text>) -> Self {
        Self::Says(text.into())
    }

    pub(crate) fn caution(text: impl Into<Text>) -> Self {
        Self::Caution(text.into())
    }

    pub(crate) fn missing(text: impl Into<Text>) -> Self {
        Self::Missing(text.into())
    }

    /// Somebody's words, line by line.
    pub(crate) fn quote(text: &str) -> Self {
        Self::Quote(text::lines(text).iter().map(Text::given).collect())
    }

    /// Passages, each with what stands around it; nothing where these are no places in the text.
    pub(crate) fn passages(text: &str, passages: &[[usize; 2]]) -> Option<Self> {
        passages::lines(text, passages).map(Self::Quote)
    }

    /// Machine text, cleaned and cut.
    pub(crate) fn code(text: &str) -> Self {
        Self::Code(text::code(text))
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Picture> for Block {
    fn from(picture: Picture) -> Self {
        Self::Picture(picture)
    }
}

impl Page {
    /// All its words, for the glossary.
    pub(crate) fn words(&self) -> String {
        let mut words = String::new();
        let mut add = |text: &Text| {
            words.push_str(&text.plain());
            words.push('\n');
        };
        for block in self.sections.iter().flat_map(|section| &section.blocks) {
            match block {
                Block::Heading(text)
                | Block::Says(text)
                | Block::Paragraph(text)
                | Block::Caution(text)
                | Block::Missing(text) => add(text),
                Block::List(texts) => texts.iter().for_each(&mut add),
                Block::Facts(facts) => facts.iter().for_each(|(name, value)| {
                    add(name);
                    add(value);
                }),
                Block::Table(table) => table.texts().for_each(&mut add),
                Block::Picture(picture) => add(&picture.caption),
                Block::Quote(_) | Block::Code(_) | Block::Verifier => {}
            }
        }
        words
    }
}
