//! Rows as JSON objects, for records whose columns have no fixed shape.
//!
//! The crate's row API is used, which cannot tell an absent list from an empty one: an empty list at the top of a row
//! is null here, so that a row never claims that nothing was shown.

use std::fs::File;
use std::sync::Arc;

use parquet::bloom_filter::Sbbf;
use parquet::column::page::PageReader;
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::record::reader::{ReaderIter, RowIter, TreeBuilder};
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::{Value, json};

use super::cells::may_hold_text;
use super::fault::{catch, damaged};
use super::guard::{Budget, Guard};
use crate::error::{CorpusError, Reason};
use crate::formats::records::{RecordKind, Records, Several};
use crate::options::ReadOptions;
use crate::record::Source;

/// The rows of a Parquet file, each read as the JSON object that it stands for.
pub(crate) struct Objects {
    name: Arc<str>,
    options: Arc<ReadOptions>,
    file: SerializedFileReader<File>,
    budget: Arc<Budget>,
    rows: Option<ReaderIter>,
    next_group: usize,
    row: u64,
}

impl Objects {
    pub(crate) fn new(
        name: Arc<str>,
        file: File,
        options: Arc<ReadOptions>,
    ) -> Result<Self, Reason> {
        let own = file.try_clone().map_err(Reason::Open)?;
        Ok(Self {
            name,
            file: catch(|| SerializedFileReader::new(file).map_err(|e| damaged(&e)))?,
            budget: Arc::new(Budget::new(&options.limits, own)),
            options,
            rows: None,
            next_group: 0,
            row: 0,
        })
    }

    /// Whether one of the first rows passes.
    pub(crate) fn first_rows(mut self, test: impl Fn(&Value) -> bool) -> bool {
        const FIRST: usize = 16;
        (0..FIRST).any(|_| match catch(|| self.next_object()) {
            Ok(Some(row)) => test(&row),
            _ => false,
        })
    }

    /// The next row; `None` behind the last.
    fn next_object(&mut self) -> Result<Option<Value>, Reason> {
        loop {
            self.budget.start_row();
            if let Some(row) = self.rows.as_mut().and_then(Iterator::next) {
                let row = row.map_err(|e| self.budget.reason(&e))?;
                return Ok(Some(object(&row)));
            }
            if self.next_group == self.file.num_row_groups() {
                return Ok(None);
            }
            let group = self.file.get_row_group(self.next_group);
            let group = Guarded {
                group: group.map_err(|e| damaged(&e))?,
                budget: Arc::clone(&self.budget),
            };
            let schema = self.file.metadata().file_metadata().schema_descr_ptr();
            let rows = TreeBuilder::new().with_batch_size(BATCH);
            self.rows = Some(rows.as_iter(schema, &group).map_err(|e| damaged(&e))?);
            self.next_group += 1;
        }
    }
}

impl<K: RecordKind> Records<K> for Objects {
    fn next_records(&mut self) -> Option<Result<Several<K>, CorpusError>> {
        self.row += 1;
        let record = catch(|| self.next_object())
            .transpose()?
            .and_then(|object| {
                let source = Source::new(Arc::clone(&self.name), self.row);
                K::from_json(object.to_string().as_bytes(), source, &self.options)
            });
        Some(record.map_err(|reason| CorpusError::new(&self.name, Some(self.row), reason)))
    }

    fn line(&self) -> u64 {
        self.row
    }
}

/// Rows decoded at a time.
const BATCH: usize = 64;

fn object(row: &Row) -> Value {
    let fields = row.get_column_iter().map(|(name, field)| {
        let value = value(field);
        let is_empty = value.as_array().is_some_and(Vec::is_empty);
        (name.clone(), if is_empty { Value::Null } else { value })
    });
    Value::Object(fields.collect())
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float(value) => f64::from(*value).into(),
        Field::Double(value) => (*value).into(),
        Field::Str(text) => text.as_str().into(),
        Field::Group(row) => {
            let fields = row.get_column_iter();
            let fields = fields.map(|(name, field)| (name.clone(), value(field)));
            Value::Object(fields.collect())
        }
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::MapInternal(map) => {
            let entries = map.entries().iter();
            let entries = entries.map(|(key, field)| match key {
                Field::Str(key) => (key.clone(), value(field)),
                key => (key.to_string(), value(field)),
            });
            Value::Object(entries.collect())
        }
        Field::Bytes(bytes) => match str::from_utf8(bytes.data()) {
            Ok(text) => text.into(),
            // What it may hold stands elsewhere, as bytes in JSON do.
            Err(_) if may_hold_text(bytes.data()) => json!({"type": "Buffer"}),
            Err(_) => Value::Null,
        },
        // Times, decimals and numbers of half precision say nothing.
        _ => Value::Null,
    }
}

/// A row group whose pages are counted.
struct Guarded<'a> {
    group: Box<dyn RowGroupReader + 'a>,
    budget: Arc<Budget>,
}

impl RowGroupReader for Guarded<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.group.metadata()
    }

    fn num_columns(&self) -> usize {
        self.group.num_columns()
    }

    fn get_column_page_reader(&self, column: usize) -> ParquetResult<Box<dyn PageReader>> {
        self.budget.check(self.metadata().column(column))?;
        let pages = self.group.get_column_page_reader(column)?;
        Ok(Box::new(Guard::new(pages, Arc::clone(&self.budget))))
    }

    fn get_column_bloom_filter(&self, column: usize) -> Option<&Sbbf> {
        self.group.get_column_bloom_filter(column)
    }

    fn get_row_iter(&self, projection: Option<Type>) -> ParquetResult<RowIter<'_>> {
        self.group.get_row_iter(projection)
    }
}
