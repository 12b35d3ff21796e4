//! The cells of one row in one column, and how their levels and values become a field.

use std::sync::Arc;

use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::RowGroupReader;

use super::columns::{Column, Part, Target, Values};
use super::guard::{Budget, Guard};
use crate::error::{Reason, TokenFault};
use crate::exposure::Said;
use crate::fields::Field;
use crate::found::{Found, Shown};
use crate::options::ReadOptions;
use crate::talk::{Kind, Message};
use crate::tokens::token;

/// A column, and its row at hand.
pub(super) struct Cursor {
    column: Column,
    cells: Cells,
}

impl Cursor {
    pub(super) fn new(column: Column) -> Self {
        let cells = match column.values {
            Values::Bytes => Cells::Bytes(Cell::default()),
            Values::Fixed => Cells::Fixed(Cell::default()),
            Values::Int32 => Cells::Int32(Cell::default()),
            Values::Int64 => Cells::Int64(Cell::default()),
        };
        Self { column, cells }
    }

    /// The number of the column at the top of the record that this one belongs to.
    pub(super) fn root(&self) -> usize {
        self.column.root
    }

    /// Goes to the next row group.
    pub(super) fn start(
        &mut self,
        group: &dyn RowGroupReader,
        budget: &Arc<Budget>,
    ) -> ParquetResult<()> {
        budget.check(group.metadata().column(self.column.leaf))?;
        let pages = Box::new(Guard::new(
            group.get_column_page_reader(self.column.leaf)?,
            Arc::clone(budget),
        ));
        let descriptor = group.metadata().column(self.column.leaf).column_descr_ptr();
        match &mut self.cells {
            Cells::Bytes(cell) => cell.reader = Some(ColumnReaderImpl::new(descriptor, pages)),
            Cells::Fixed(cell) => cell.reader = Some(ColumnReaderImpl::new(descriptor, pages)),
            Cells::Int32(cell) => cell.reader = Some(ColumnReaderImpl::new(descriptor, pages)),
            Cells::Int64(cell) => cell.reader = Some(ColumnReaderImpl::new(descriptor, pages)),
        }
        Ok(())
    }

    /// Reads the next row's cells.
    pub(super) fn next_row(&mut self) -> ParquetResult<()> {
        match &mut self.cells {
            Cells::Bytes(cell) => cell.next_row(),
            Cells::Fixed(cell) => cell.next_row(),
            Cells::Int32(cell) => cell.next_row(),
            Cells::Int64(cell) => cell.next_row(),
        }
    }

    /// Puts the row's cells where they belong.
    pub(super) fn take(
        &self,
        found: &mut Found,
        messages: &mut Option<Vec<Message>>,
        options: &ReadOptions,
    ) -> Result<(), Reason> {
        if let Target::Scalar(field) | Target::Tokens(field) = self.column.target {
            found.note(field, &options.fields)?;
        }
        match self.column.target {
            Target::Scalar(field) => {
                if let Some(slot) = found.text_mut(field) {
                    *slot = self.scalar()?;
                }
                if field == Field::Prompt {
                    found.note_shown(Shown::Prompt);
                }
            }
            Target::Tokens(field) => {
                if let Some(slot) = found.tokens_mut(field) {
                    *slot = self.tokens(options.vocab_size)?;
                }
            }
            Target::Turn(part) => {
                // One field of several columns.
                found.seen |= 1 << Field::Messages as u16;
                found.note_shown(Shown::Messages);
                self.turns(part, messages)?;
            }
            Target::Pointer => found.points_elsewhere |= self.has_value(),
            Target::Asked => found.asks_in_numbers |= self.has_value(),
            Target::Other { must_be_text } => self.others(must_be_text, found)?,
        }
        Ok(())
    }

    fn has_value(&self) -> bool {
        match &self.cells {
            Cells::Bytes(_) | Cells::Fixed(_) => self.bytes().next().is_some(),
            Cells::Int32(_) | Cells::Int64(_) => self.integer(0).is_some(),
        }
    }

    fn scalar(&self) -> Result<Option<String>, Reason> {
        Ok(match &self.cells {
            Cells::Bytes(_) | Cells::Fixed(_) => self.bytes().next().map(text).transpose()?,
            Cells::Int32(_) | Cells::Int64(_) => self.integer(0).map(|value| value.to_string()),
        })
    }

    fn tokens(&self, vocab_size: Option<u32>) -> Result<Option<Vec<u32>>, Reason> {
        let mut tokens = Vec::with_capacity(self.definitions().len());
        for (index, definition) in self.definitions().iter().enumerate() {
            if *definition < self.column.levels.list {
                // One level less than an element is an empty list; less than that, none.
                return Ok((*definition + 1 == self.column.levels.list).then_some(tokens));
            }
            let fault = |found, why| Reason::Token {
                field: self.column.path.clone(),
                index,
                found,
                why,
            };
            if *definition < self.column.levels.full {
                return Err(fault("null".to_owned(), TokenFault::NotAnId));
            }
            let Some(value) = self.integer(index) else {
                return Err(Reason::Parquet(
                    "a column has fewer values than levels".to_owned(),
                ));
            };
            let id = token(value, vocab_size);
            tokens.push(id.map_err(|why| fault(value.to_string(), why))?);
        }
        Ok(Some(tokens))
    }

    fn turns(&self, part: Part, messages: &mut Option<Vec<Message>>) -> Result<(), Reason> {
        let Cells::Bytes(cell) = &self.cells else {
            return Ok(());
        };
        let mut values = cell.values.iter();
        let mut turns = 0;
        for (definition, repetition) in cell.definitions.iter().zip(&cell.repetitions) {
            if *definition < self.column.levels.list {
                if *definition + 1 == self.column.levels.list {
                    messages.get_or_insert_default();
                }
                return Ok(());
            }
            // Repetition level 0 starts the row and 1 the next turn; above, the turn goes on.
            turns += usize::from(*repetition <= 1);
            let messages = messages.get_or_insert_default();
            if messages.len() < turns {
                messages.push(Message::default());
            }
            if *definition < self.column.levels.full {
                continue;
            }
            let Some(value) = values.next() else { break };
            let value = text(value.data())?;
            let message = &mut messages[turns - 1];
            if part == Part::Role {
                message.role = Some(value);
            } else {
                let is_content = part == Part::Content;
                let name = if is_content {
                    "content".into()
                } else {
                    Arc::clone(&self.column.name)
                };
                let said = Said { text: value, name };
                let kind = match is_content {
                    true => Kind::Text,
                    false => Kind::Other,
                };
                message.strings.push((said, kind));
            }
        }
        Ok(())
    }

    fn others(&self, must_be_text: bool, found: &mut Found) -> Result<(), Reason> {
        for value in self.bytes() {
            match text(value) {
                Ok(text) => found.strings_mut().push(Said {
                    text,
                    name: Arc::clone(&self.column.name),
                }),
                Err(reason) if must_be_text => return Err(reason),
                Err(_) => found.points_elsewhere |= may_hold_text(value),
            }
        }
        Ok(())
    }

    /// The row's bytes, of columns that have some.
    fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        let (any, fixed) = match &self.cells {
            Cells::Bytes(cell) => (&cell.values[..], &[][..]),
            Cells::Fixed(cell) => (&[][..], &cell.values[..]),
            Cells::Int32(_) | Cells::Int64(_) => (&[][..], &[][..]),
        };
        let fixed = fixed.iter().map(|value| value.data());
        any.iter().map(ByteArray::data).chain(fixed)
    }

    fn definitions(&self) -> &[i16] {
        match &self.cells {
            Cells::Bytes(cell) => &cell.definitions,
            Cells::Fixed(cell) => &cell.definitions,
            Cells::Int32(cell) => &cell.definitions,
            Cells::Int64(cell) => &cell.definitions,
        }
    }

    /// The row's integer at a position among those that are there.
    fn integer(&self, position: usize) -> Option<i128> {
        match &self.cells {
            Cells::Int32(cell) => cell.values.get(position).map(|value| {
                if self.column.levels.unsigned {
                    i128::from(value.cast_unsigned())
                } else {
                    i128::from(*value)
                }
            }),
            Cells::Int64(cell) => cell.values.get(position).map(|value| {
                if self.column.levels.unsigned {
                    i128::from(value.cast_unsigned())
                } else {
                    i128::from(*value)
                }
            }),
            Cells::Bytes(_) | Cells::Fixed(_) => None,
        }
    }
}

/// One row of a column.
enum Cells {
    Bytes(Cell<ByteArrayType>),
    Fixed(Cell<FixedLenByteArrayType>),
    Int32(Cell<Int32Type>),
    Int64(Cell<Int64Type>),
}

struct Cell<T: DataType> {
    reader: Option<ColumnReaderImpl<T>>,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    values: Vec<T::T>,
}

impl<T: DataType> Default for Cell<T> {
    fn default() -> Self {
        Self {
            reader: None,
            definitions: Vec::new(),
            repetitions: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<T: DataType> Cell<T> {
    fn next_row(&mut self) -> ParquetResult<()> {
        self.definitions.clear();
        self.repetitions.clear();
        self.values.clear();
        let reader = self
            .reader
            .as_mut()
            .ok_or_else(|| ParquetError::General("no row group".to_owned()))?;
        let (rows, ..) = reader.read_records(
            1,
            Some(&mut self.definitions),
            Some(&mut self.repetitions),
            &mut self.values,
        )?;
        if rows == 1 {
            Ok(())
        } else {
            Err(ParquetError::EOF(
                "a column ends before its last row".to_owned(),
            ))
        }
    }
}

/// Whether bytes that are no UTF-8 may hold what was shown, packed or in another encoding: they are longer than digests and numbers.
pub(super) fn may_hold_text(bytes: &[u8]) -> bool {
    const LONGEST: usize = 64;
    bytes.len() > LONGEST
}

fn text(bytes: &[u8]) -> Result<String, Reason> {
    std::str::from_utf8(bytes)
        .map(str::to_owned)
        .map_err(|e| Reason::Utf8 {
            at: e.valid_up_to(),
        })
}
