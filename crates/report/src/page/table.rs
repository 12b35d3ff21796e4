//! A table with a caption, of so many rows at most.

use super::Text;

/// Rows of a table that are shown; of the rest only the number is said, as all of them are in the JSON.
pub const MOST_ROWS: usize = 200;

/// A table.
pub(crate) struct Table {
    pub(crate) caption: Text,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Text>>,
    /// Rows that are not shown.
    pub(crate) more: usize,
}

/// A column's heading.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// Numbers stand at the right.
    pub(crate) is_number: bool,
}

impl Column {
    pub(crate) const fn words(name: &'static str) -> Self {
        Self {
            name,
            is_number: false,
        }
    }

    pub(crate) const fn number(name: &'static str) -> Self {
        Self {
            name,
            is_number: true,
        }
    }
}

impl Table {
    /// A row for each of `items`.
    pub(crate) fn of<T>(
        caption: impl Into<Text>,
        columns: impl Into<Vec<Column>>,
        items: impl IntoIterator<Item = T>,
        row: impl FnMut(T) -> Vec<Text>,
    ) -> Self {
        let mut items = items.into_iter();
        Self {
            caption: caption.into(),
            columns: columns.into(),
            rows: items.by_ref().take(MOST_ROWS).map(row).collect(),
            more: items.count(),
        }
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        std::iter::once(&self.caption).chain(self.rows.iter().flatten())
    }
}
