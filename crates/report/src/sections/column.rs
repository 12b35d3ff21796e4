//! Columns of the sections' tables.

use crate::page::Column;

/// A column of words.
pub(super) const fn words(name: &'static str) -> Column {
    Column::words(name)
}

/// A column of numbers.
pub(super) const fn number(name: &'static str) -> Column {
    Column::number(name)
}
