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
mod unpacked;

use std::fs::File;
use std::sync::Arc;

use parquet::basic::Repetition;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::Type;
use serde_json::Value;

use self::cells::Cursor;
use self::fault::{catch, damaged};
use self::guard::Budget;
pub(crate) use self::objects::Objects;
use crate::answers::Held;
use crate::elsewhere::names;
use crate::error::{CorpusError, Reason};
use crate::fields::{Field, FieldMap, Node};
use crate::formats::records::{Records, Several};
use crate::found::{Found, Shown, name_keys, no_answer};
use crate::layouts::{self, Layout};
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::{Record, Source};
use crate::talk::Message;
use crate::tree::{Tree, embedded};

/// The records of a Parquet file: of the mapped columns, or, where rows have a layout by name, of whole rows.
pub(crate) fn open(
    name: Arc<str>,
    file: File,
    options: Arc<ReadOptions>,
) -> Result<Box<dyn Records<Record>>, Reason> {
    let by_fields =
        options.fields.maps_answer() || options.layout.is_some_and(Layout::is_by_fields);
    let again = || file.try_clone().map_err(Reason::Open);
    let again_objects = || Objects::new(Arc::clone(&name), again()?, Arc::clone(&options));
    let json = columns_of_json(&file, &options.fields)?;
    let is_json = |row: &Value| {
        json.iter()
            .any(|name| !row[name.as_str()].is_null() && holds_json(&row[name.as_str()]))
    };
    let is_laid = !json.is_empty() && again_objects()?.first_rows(is_json)
        || columns_that_say_more(&file, &options)?
        || !by_fields
            && (options.layout.is_some()
                || again_objects()?
                    .first_rows(|row| layouts::is_known(row.to_string().as_bytes())));
    Ok(match is_laid {
        true => Box::new(Objects::new(name, file, options)?),
        false => Box::new(Rows::new(name, file, options)?),
    })
}

/// Columns of fields at the top of records that may have another form than the field's own: turns as JSON in a string, or a prompt of turns.
fn columns_of_json(file: &File, fields: &FieldMap) -> Result<Vec<String>, Reason> {
    let file = file.try_clone().map_err(Reason::Open)?;
    let file = catch(|| SerializedFileReader::new(file).map_err(|e| damaged(&e)))?;
    let schema = file.metadata().file_metadata().schema_descr();
    let columns = schema.root_schema().get_fields().iter().filter(|column| {
        let Some(Node::Leaf(field)) = fields.root().child(column.name()) else {
            return false;
        };
        match field {
            // Calls and their results are read, and looked for, in turns as JSON.
            Field::Messages => columns::is_string(column) || columns::names_calls(column),
            Field::Tokens | Field::PromptTokens | Field::ResponseTokens => {
                columns::is_string(column)
            }
            Field::Prompt | Field::Response => !column.is_primitive(),
            _ => false,
        }
    });
    Ok(columns.map(|column| column.name().to_owned()).collect())
}

/// Whether a column stands beside the answer by which rows are told that are none (who speaks, how it ended), or that may be the answer itself; or
/// one has a type that its field has not.
fn columns_that_say_more(file: &File, options: &ReadOptions) -> Result<bool, Reason> {
    const NAMES: [&str; 14] = [
        "role",
        "from",
        "speaker",
        "sender",
        "author",
        "type",
        "level",
        "status",
        "finish_reason",
        "meta_info",
        "error",
        "exception",
        "status_code",
        "response_status",
    ];
    let file = file.try_clone().map_err(Reason::Open)?;
    let file = catch(|| SerializedFileReader::new(file).map_err(|e| damaged(&e)))?;
    let schema = file.metadata().file_metadata().schema_descr();
    let fields = schema.root_schema().get_fields();
    let by_fields = options.fields.maps_answer();
    let texts = fields.iter().filter(|column| columns::is_string(column));
    let texts = texts.map(|column| (column.name().to_owned(), Tree::Text(SOMETHING.to_owned())));
    let text = Tree::Object(texts.collect());
    let is_wrong = |column: &Type| {
        let field = options.fields.root().child(column.name());
        let is_list = column.get_basic_info().repetition() == Repetition::REPEATED;
        let Some(Node::Leaf(field)) = field.filter(|_| column.is_primitive() && !is_list) else {
            return false;
        };
        let is_string = columns::is_string(column);
        match field {
            Field::Tokens | Field::PromptTokens | Field::ResponseTokens => !is_string && !by_fields,
            Field::Text | Field::Response => !is_string && !by_fields,
            _ => false,
        }
    };
    Ok(fields
        .iter()
        .any(|column| NAMES.contains(&column.name()) || is_wrong(column))
        || !by_fields && (layouts::contenders(&text).len() > 1 || layouts::may_be_beside(&text)))
}

/// A text that is long enough to be an answer.
const SOMETHING: &str = "a text of some length, as an answer may have it";

/// Whether a cell is a list or an object, or JSON of one.
fn holds_json(cell: &Value) -> bool {
    cell.as_str()
        .map_or(cell.is_array() || cell.is_object(), |text| {
            embedded(text, LEVELS).is_some()
        })
}

/// Levels of a cell's JSON.
const LEVELS: u32 = 64;

/// The records of a Parquet file, column by column.
struct Rows {
    name: Arc<str>,
    options: Arc<ReadOptions>,
    file: SerializedFileReader<File>,
    budget: Arc<Budget>,
    columns: Vec<Cursor>,
    keys: Vec<String>,
    /// What to type where no column is an answer.
    hint: Option<String>,
    next_group: usize,
    rows_left: u64,
    row: u64,
}

impl Rows {
    fn new(name: Arc<str>, file: File, options: Arc<ReadOptions>) -> Result<Self, Reason> {
        let budget = Arc::new(Budget::new(
            &options.limits,
            file.try_clone().map_err(Reason::Open)?,
        ));
        let opened = catch(|| SerializedFileReader::new(file).map_err(|e| damaged(&e)))?;
        let schema = opened.metadata().file_metadata().schema_descr();
        let columns = catch(|| columns::columns(schema, &options.fields))?;
        let columns = columns.into_iter().map(Cursor::new).collect();
        let fields = schema.root_schema().get_fields().iter();
        let keys = fields.clone().map(|field| field.name().to_owned());
        let keys = keys.collect();
        let texts = fields.filter(|field| columns::is_string(field));
        let texts = texts.map(|field| (field.name().to_owned(), Tree::Text(String::new())));
        let hint = layouts::hint(&Tree::Object(texts.collect()));
        Ok(Self {
            name,
            options,
            file: opened,
            budget,
            columns,
            keys,
            hint,
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
        let is_mapped = self.options.fields.given().next().is_some();
        found.names = is_mapped.then(|| name_keys(&self.keys).into());
        found.points_elsewhere |= found.shown.iter().any(|shown| match shown {
            Shown::Strings(strings) => strings.iter().any(|said| names(&said.name, &said.text)),
            Shown::Prompt | Shown::Messages => false,
        });
        Ok(Some((found, bad)))
    }

    fn records(&self, found: Found, bad: Option<Reason>) -> Result<Several<Record>, Reason> {
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
        let source = Source::new(Arc::clone(&self.name), self.row);
        let held = &mut Held::new(&self.options.limits);
        let no_answer = |is_null: bool| match is_null {
            true => Reason::Failed {
                failure: "the answer is null".to_owned(),
            },
            false => Reason::NoLayout {
                found: no_answer(&self.keys),
                hint: self.hint.clone(),
            },
        };
        found.into_records(None, &source, &self.options, held, no_answer)
    }
}

impl Records<Record> for Rows {
    fn next_records(&mut self) -> Option<Result<Several<Record>, CorpusError>> {
        let records = match catch(|| self.next_row()) {
            Ok(Some((found, bad))) => self.records(found, bad),
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
        Some(records.map_err(|reason| CorpusError::new(&self.name, Some(self.row), reason)))
    }

    fn line(&self) -> u64 {
        self.row
    }
}
