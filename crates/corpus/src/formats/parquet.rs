//! Parquet: rows are records, columns are fields.
//!
//! The mapped columns and every other column of strings are read, row by row through the column API, so that one record is
//! held at a time beside one page of each column. (The crate's row API loses the difference between an absent and an empty list, and asserts
//! where a damaged file should be an error.)

mod cells;
mod columns;
mod fault;
mod guard;
mod objects;

use std::fs::File;
use std::sync::Arc;

use parquet::file::reader::{FileReader, SerializedFileReader};

use self::cells::Cursor;
use self::fault::{catch, damaged};
use self::guard::Budget;
pub(crate) use self::objects::Objects;
use crate::chat::Message;
use crate::error::{CorpusError, Reason};
use crate::fields::Field;
use crate::formats::records::Records;
use crate::layout::{Found, name_keys};
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::{Record, Source};

/// The records of a Parquet file.
pub(crate) struct Rows {
    name: Arc<str>,
    options: Arc<ReadOptions>,
    file: SerializedFileReader<File>,
    budget: Arc<Budget>,
    columns: Vec<Cursor>,
    keys: Vec<String>,
    next_group: usize,
    rows_left: u64,
    row: u64,
}

impl Rows {
    pub(crate) fn new(
        name: Arc<str>,
        file: File,
        options: Arc<ReadOptions>,
    ) -> Result<Self, Reason> {
        let budget = Arc::new(Budget::new(&options.limits));
        let opened = catch(|| SerializedFileReader::new(file).map_err(|e| damaged(&e)))?;
        let schema = opened.metadata().file_metadata().schema_descr();
        let columns = catch(|| columns::columns(schema, &options.fields))?;
        let columns = columns.into_iter().map(Cursor::new).collect();
        let keys = schema
            .root_schema()
            .get_fields()
            .iter()
            .map(|field| field.name().to_owned())
            .collect();
        Ok(Self {
            name,
            options,
            file: opened,
            budget,
            columns,
            keys,
            next_group: 0,
            rows_left: 0,
            row: 0,
        })
    }

    /// Reads the next row's fields; `None` behind the last row.
    fn next_row(&mut self) -> Result<Option<(Found, Option<Reason>)>, Reason> {
        while self.rows_left == 0 {
            if self.next_group == self.file.num_row_groups() {
                return Ok(None);
            }
            let group = self
                .file
                .get_row_group(self.next_group)
                .map_err(|e| damaged(&e))?;
            self.rows_left = u64::try_from(group.metadata().num_rows()).unwrap_or(0);
            for column in &mut self.columns {
                column
                    .start(&*group, &self.budget)
                    .map_err(|e| damaged(&e))?;
            }
            self.next_group += 1;
        }
        self.rows_left -= 1;
        self.row += 1;
        self.budget.start_row();

        let mut found = Found::default();
        let mut messages: Option<Vec<Message>> = None;
        let mut bad = None;
        let mut root = None;
        for column in &mut self.columns {
            if root.replace(column.root()) != Some(column.root()) {
                found.start_field();
            }
            column.next_row().map_err(|e| self.budget.reason(&e))?;
            // Every column must move on by a row, even behind a bad value.
            let taken = column.take(&mut found, &mut messages, &self.options);
            bad = bad.or(taken.err());
        }
        found.messages = messages;
        Ok(Some((found, bad)))
    }

    fn record(&self, found: Found, bad: Option<Reason>) -> Result<Record, Reason> {
        if let Some(reason) = bad {
            return Err(reason);
        }
        if let Some(index) = found
            .messages
            .iter()
            .flatten()
            .position(|message| message.role.is_none())
        {
            return Err(Reason::Kind {
                field: format!("{}.{index}.role", self.options.fields.path(Field::Messages)),
                found: "missing".to_owned(),
                expected: "a string",
            });
        }
        let source = Source {
            file: Arc::clone(&self.name),
            line: self.row,
        };
        found.into_record(source, &self.options, || name_keys(&self.keys))
    }
}

impl Records<Record> for Rows {
    fn next_record(&mut self) -> Option<Result<Record, CorpusError>> {
        let record = match catch(|| self.next_row()) {
            Ok(Some((found, bad))) => self.record(found, bad),
            Ok(None) => return None,
            // Behind a damaged page no row can be trusted, and a limit hit within a column leaves the columns apart.
            Err(Reason::OverLimit {
                limit: LimitKind::DocumentBytes,
                value,
            }) => Err(Reason::Parquet(format!(
                "a page or row has more values than a document of {} = {value} can hold",
                LimitKind::DocumentBytes
            ))),
            Err(reason) => Err(reason),
        };
        Some(record.map_err(|reason| CorpusError::new(&self.name, Some(self.row), reason)))
    }
}
