//! Parquet: columns are taken by name, the dotted path of a field. Columns of lists are passed over.

use super::batch::{Batch, How, Keyed};
use super::row::Found;
use super::shared::Shared;
use super::table::Columns;
use ::parquet::basic::{LogicalType, TimeUnit, Type};
use ::parquet::column::reader::ColumnReader;
use ::parquet::data_type::ByteArray;
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use hallmark::{Error, Result};
use rayon::prelude::*;
use std::borrow::Cow;
use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Rows that are read at once.
const ROWS: usize = 1 << 17;

/// Those of a batch, which one thread takes.
const BATCH: usize = 1 << 14;

pub(crate) fn read(
    path: &Path,
    file: File,
    how: How<'_>,
    take: &mut dyn FnMut(Keyed) -> Result<()>,
) -> Result<()> {
    let file = Shared::new(file).map_err(|error| Error::io("read", path, &error))?;
    let file = caught(path, || SerializedFileReader::new(file))?;
    let schema = file.metadata().file_metadata().schema_descr_ptr();
    let name = |column: &ColumnDescriptor| match column.max_rep_level() {
        0 => column.path().parts().join("."),
        // A list: no name that a layout has.
        _ => String::new(),
    };
    let names: Vec<String> = schema.columns().iter().map(|column| name(column)).collect();
    let columns = Columns::new(&names, how.layout);
    let wanted = columns.places.iter().map(|&(column, _)| column);
    let wanted = wanted.chain(columns.own.iter().map(|&(column, _)| column));
    let wanted: Vec<usize> = wanted.collect();
    let mut number = 1;
    for group in 0..file.num_row_groups() {
        let group = caught(path, || file.get_row_group(group))?;
        let mut readers = wanted
            .iter()
            .map(|&column| {
                let column_of = schema.column(column);
                caught(path, || Reader::new(&*group, column, column_of.as_ref()))
            })
            .collect::<Result<Vec<_>>>()?;
        let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        while left > 0 {
            let rows = left.min(ROWS);
            let cells = readers
                .par_iter_mut()
                .map(|reader| caught(path, || reader.next(rows)))
                .collect::<Result<Vec<Cells>>>()?;
            let from = (0..rows).step_by(BATCH);
            let parts: Vec<_> = from.map(|from| from..rows.min(from + BATCH)).collect();
            let batch = |rows| batch(&cells, rows, number, &columns, how);
            let batches: Vec<Keyed> = parts.into_par_iter().map(batch).collect();
            batches.into_iter().try_for_each(&mut *take)?;
            number += rows as u64;
            left -= rows;
        }
    }
    Ok(())
}

/// Some rows of all columns; `first` is the number of the first of all.
fn batch(
    cells: &[Cells],
    rows: Range<usize>,
    first: u64,
    columns: &Columns,
    how: How<'_>,
) -> Keyed {
    let mut batch = Batch::default();
    let (placed, own) = cells.split_at(columns.places.len());
    let mut found = Found {
        bad: None,
        places: vec![None; how.layout.places.len()],
        own: vec![],
    };
    for row in rows {
        found.places.fill(None);
        found.own.clear();
        for (cells, &(_, place)) in placed.iter().zip(&columns.places) {
            if let Some(text) = cells.get(row) {
                found.places[place].get_or_insert(text);
            }
        }
        for (cells, (_, kind)) in own.iter().zip(&columns.own) {
            if let Some(text) = cells.get(row) {
                found.own.push((kind.as_str().into(), text));
            }
        }
        batch.take(first + row as u64, &found, how);
    }
    batch.keyed(how)
}

/// Some rows of a column.
struct Cells {
    texts: Texts,
    /// For each row the number of its value, counted from 1, or 0.
    values: Vec<u32>,
}

enum Texts {
    Bytes(Vec<ByteArray>),
    Owned(Vec<String>),
}

impl Cells {
    /// A cell as text; one that is no text counts as empty.
    fn get(&self, row: usize) -> Option<Cow<'_, str>> {
        let value = self.values[row].checked_sub(1)? as usize;
        match &self.texts {
            Texts::Bytes(bytes) => Some(bytes[value].as_utf8().ok()?.into()),
            Texts::Owned(texts) => Some(texts[value].as_str().into()),
        }
    }
}

struct Reader {
    reader: ColumnReader,
    max_level: i16,
    /// What numbers count, where they are times.
    unit: Option<i64>,
    /// Whether numbers are days since 1970.
    is_day: bool,
}

impl Reader {
    fn new(
        group: &dyn RowGroupReader,
        column: usize,
        descriptor: &ColumnDescriptor,
    ) -> std::result::Result<Self, ParquetError> {
        let unit = match descriptor.logical_type_ref() {
            Some(LogicalType::Timestamp(own)) => Some(match own.unit {
                TimeUnit::MILLIS => 1000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            }),
            _ => None,
        };
        if descriptor.physical_type() == Type::INT96 {
            return Err(ParquetError::General(format!(
                "column {} has times of 96 bits, which are no longer in use: write it with timestamps of 64 bits",
                descriptor.path()
            )));
        }
        Ok(Self {
            is_day: matches!(descriptor.logical_type_ref(), Some(LogicalType::Date)),
            reader: group.get_column_reader(column)?,
            max_level: descriptor.max_def_level(),
            unit,
        })
    }

    fn next(&mut self, rows: usize) -> std::result::Result<Cells, ParquetError> {
        let mut levels = vec![];
        let levels_room = (self.max_level > 0).then_some(&mut levels);
        let unit = self.unit;
        macro_rules! numbers {
            ($reader:expr, $text:expr) => {{
                let mut values = vec![];
                let read = $reader.read_records(rows, levels_room, None, &mut values)?;
                (
                    read.0,
                    Texts::Owned(values.into_iter().map($text).collect()),
                )
            }};
        }
        let (read, texts) = match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(reader) => {
                let mut values = vec![];
                let read = reader.read_records(rows, levels_room, None, &mut values)?;
                (read.0, Texts::Bytes(values))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                let mut values = vec![];
                let read = reader.read_records(rows, levels_room, None, &mut values)?;
                let values = values.into_iter().map(ByteArray::from).collect();
                (read.0, Texts::Bytes(values))
            }
            ColumnReader::Int64ColumnReader(reader) => numbers!(reader, |value: i64| {
                unit.map_or(value, |unit| value.div_euclid(unit))
                    .to_string()
            }),
            ColumnReader::Int32ColumnReader(reader) => {
                let seconds = if self.is_day { 86_400 } else { 1 };
                numbers!(reader, |value: i32| (i64::from(value) * seconds)
                    .to_string())
            }
            ColumnReader::DoubleColumnReader(reader) => {
                numbers!(reader, |value: f64| value.to_string())
            }
            ColumnReader::FloatColumnReader(reader) => {
                // From 2²⁴ on its neighbours are not told apart: no time, and no name.
                numbers!(reader, |value: f32| match value.abs() < 16_777_216.0 {
                    true => value.to_string(),
                    false => "a number of single precision".to_owned(),
                })
            }
            ColumnReader::BoolColumnReader(reader) => {
                numbers!(reader, |value: bool| value.to_string())
            }
            ColumnReader::Int96ColumnReader(_) => {
                return Err(ParquetError::General("times of 96 bits".to_owned()));
            }
        };
        if read != rows {
            return Err(ParquetError::General(
                "a column ends before its rows".to_owned(),
            ));
        }
        let count = match &texts {
            Texts::Bytes(values) => values.len(),
            Texts::Owned(values) => values.len(),
        };
        let mut next = 0;
        let mut number = |is_there: bool| {
            next += u32::from(is_there);
            if is_there { next } else { 0 }
        };
        let values: Vec<u32> = match self.max_level {
            0 => (0..rows).map(|_| number(true)).collect(),
            max => levels.iter().map(|&level| number(level == max)).collect(),
        };
        if values.len() != rows || next as usize != count {
            return Err(ParquetError::General(
                "levels and values of a column differ".to_owned(),
            ));
        }
        Ok(Cells { texts, values })
    }
}

/// The library asserts where a damaged file should be an error.
fn caught<T>(path: &Path, f: impl FnOnce() -> std::result::Result<T, ParquetError>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(result) => result.map_err(|error| damaged(path, &error)),
        Err(_) => Err(Error::usage("the Parquet file is damaged").at(path.display())),
    }
}

fn damaged(path: &Path, error: &ParquetError) -> Error {
    Error::usage(error).at(path.display())
}
