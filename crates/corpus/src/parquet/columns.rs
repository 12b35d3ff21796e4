//! Which columns are read, and how their levels and values become fields.

use std::sync::Arc;

use parquet::basic::{ConvertedType, Repetition, Type as Physical};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::RowGroupReader;
use parquet::schema::types::{SchemaDescriptor, Type};

use super::guard::{Budget, Guard};
use crate::chat::{Message, Said};
use crate::digits;
use crate::error::{Reason, TokenFault};
use crate::fields::{Branch, Field, FieldMap, Node};
use crate::layout::Found;
use crate::reader::ReadOptions;

/// One leaf column that is read, and the row of it at hand.
pub(super) struct Column {
    leaf: usize,
    path: String,
    target: Target,
    levels: Levels,
    cells: Cells,
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// One string or number a row.
    Scalar(Field),
    /// A list of token ids a row.
    Tokens(Field),
    /// A string (or several) of each turn.
    Turn(Part),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Role,
    Content,
    Other,
}

/// Definition levels of a column: how much of its path exists in a cell (Dremel, Melnik et al. 2010, §4).
#[derive(Clone, Copy, Debug, Default)]
struct Levels {
    /// The level from which an element of the (outer) list is there; 0 where there is no list.
    list: i16,
    /// The level at which the value itself is there.
    full: i16,
    /// How many lists are within one another.
    lists: i16,
    /// Whether integers are unsigned.
    unsigned: bool,
}

/// Finds the columns of the mapped fields.
pub(super) fn columns(schema: &SchemaDescriptor, fields: &FieldMap) -> Result<Vec<Column>, Reason> {
    let mut search = Search {
        leaf: 0,
        columns: Vec::new(),
    };
    let root = schema.root_schema();
    for field in root.get_fields() {
        let node = fields.root().child(field.name());
        search.visit(field, Sought::from(node), &Place::default())?;
    }
    Ok(search.columns)
}

/// What is looked for below a column.
#[derive(Clone, Copy)]
enum Sought<'a> {
    Nothing,
    Fields(&'a Branch),
    Field(Field),
}

impl<'a> From<Option<&'a Node>> for Sought<'a> {
    fn from(node: Option<&'a Node>) -> Self {
        match node {
            None => Self::Nothing,
            Some(Node::Branch(branch)) => Self::Fields(branch),
            Some(Node::Leaf(field)) => Self::Field(*field),
        }
    }
}

/// The way down to a node.
#[derive(Clone, Default)]
struct Place {
    path: Vec<String>,
    /// The path below the elements of the outer list: names and, for lists within, `*`.
    within: Vec<String>,
    levels: Levels,
}

impl Place {
    /// Counts the levels of a node, and notes its name if it is one that a JSON record would have too.
    fn enter(&mut self, node: &Type) {
        let info = node.get_basic_info();
        let repetition = if info.has_repetition() {
            info.repetition()
        } else {
            Repetition::REQUIRED
        };
        if repetition != Repetition::REQUIRED {
            self.levels.full += 1;
        }
        let in_list = self.levels.lists > 0;
        if repetition == Repetition::REPEATED {
            self.levels.lists += 1;
            if in_list {
                self.within.push("*".to_owned());
            } else {
                self.levels.list = self.levels.full;
            }
        } else if in_list {
            self.within.push(node.name().to_owned());
        }
    }
}

struct Search {
    /// The number of the next leaf, depth first, as the file counts them.
    leaf: usize,
    columns: Vec<Column>,
}

impl Search {
    fn visit(&mut self, node: &Type, target: Sought<'_>, above: &Place) -> Result<(), Reason> {
        let mut place = above.clone();
        place.path.push(node.name().to_owned());
        place.enter(node);
        if node.is_primitive() {
            let leaf = self.leaf;
            self.leaf += 1;
            if let Sought::Field(field) = target {
                self.add(leaf, node, field, place)?;
            }
            return Ok(());
        }
        let wrapper = is_list(node);
        for child in node.get_fields() {
            let below = match target {
                Sought::Fields(_) if wrapper => {
                    return Err(wrong(
                        &place,
                        "a list",
                        "a column without a list (positions are not mapped)",
                    ));
                }
                Sought::Fields(branch) => Sought::from(branch.child(child.name())),
                // Lists, turns and their parts: everything below belongs to the field.
                other => other,
            };
            self.visit(child, below, &place)?;
        }
        Ok(())
    }

    fn add(&mut self, leaf: usize, node: &Type, field: Field, place: Place) -> Result<(), Reason> {
        let physical = node.get_physical_type();
        let converted = node.get_basic_info().converted_type();
        let is_string = physical == Physical::BYTE_ARRAY
            && matches!(
                converted,
                ConvertedType::UTF8
                    | ConvertedType::NONE
                    | ConvertedType::JSON
                    | ConvertedType::ENUM
            );
        let is_integer = matches!(physical, Physical::INT32 | Physical::INT64)
            && !matches!(
                converted,
                ConvertedType::DECIMAL
                    | ConvertedType::DATE
                    | ConvertedType::TIME_MILLIS
                    | ConvertedType::TIME_MICROS
                    | ConvertedType::TIMESTAMP_MILLIS
                    | ConvertedType::TIMESTAMP_MICROS
            );
        let target = match field {
            Field::Tokens | Field::PromptTokens | Field::ResponseTokens => {
                if !is_integer || place.levels.lists != 1 {
                    return Err(wrong(&place, &describe(node, &place), "a list of integers"));
                }
                Target::Tokens(field)
            }
            Field::Messages => {
                if place.levels.lists == 0 {
                    return Err(wrong(
                        &place,
                        &describe(node, &place),
                        "a list of structs with `role` and `content`",
                    ));
                }
                let part = part(&place.within);
                if !is_string {
                    if part != Part::Other {
                        return Err(wrong(
                            &place,
                            &describe(node, &place),
                            "a column of strings",
                        ));
                    }
                    return Ok(());
                }
                Target::Turn(part)
            }
            Field::Text | Field::Prompt | Field::Response | Field::Id | Field::Group => {
                let may_be_number = matches!(field, Field::Id | Field::Group);
                if place.levels.lists != 0 || !(is_string || may_be_number && is_integer) {
                    return Err(wrong(
                        &place,
                        &describe(node, &place),
                        "a column of strings",
                    ));
                }
                Target::Scalar(field)
            }
        };
        let unsigned = matches!(
            converted,
            ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64
        );
        let cells = match physical {
            Physical::INT32 => Cells::Int32(Cell::default()),
            Physical::INT64 => Cells::Int64(Cell::default()),
            _ => Cells::Bytes(Cell::default()),
        };
        let levels = Levels {
            unsigned,
            ..place.levels
        };
        self.columns.push(Column {
            leaf,
            path: place.path.join("."),
            target,
            levels,
            cells,
        });
        Ok(())
    }
}

fn wrong(place: &Place, found: &str, expected: &'static str) -> Reason {
    Reason::Column {
        column: place.path.join("."),
        found: found.to_owned(),
        expected,
    }
}

/// A group that stands for a list: annotated as one, or repeated itself.
fn is_list(node: &Type) -> bool {
    let info = node.get_basic_info();
    info.converted_type() == ConvertedType::LIST
        || info.has_repetition() && info.repetition() == Repetition::REPEATED
}

/// The part of a turn that a path below its list is. Writers name the wrapped element as they like.
fn part(within: &[String]) -> Part {
    let names: Vec<_> = within.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["role"] | [_, "role"] => Part::Role,
        ["content"] | [_, "content"] => Part::Content,
        [.., "content", "*", "text"] | [.., "content", "*", _, "text"] => Part::Content,
        _ => Part::Other,
    }
}

fn describe(node: &Type, place: &Place) -> String {
    let physical = format!("{:?}", node.get_physical_type()).to_lowercase();
    match place.levels.lists {
        0 => physical,
        1 => format!("a list of {physical}"),
        lists => format!("{lists} lists within one another of {physical}"),
    }
}

/// One row of a column.
enum Cells {
    Bytes(Cell<ByteArrayType>),
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

impl Column {
    /// Goes to the next row group.
    pub(super) fn start(
        &mut self,
        group: &dyn RowGroupReader,
        budget: &Arc<Budget>,
    ) -> ParquetResult<()> {
        let pages = Box::new(Guard::new(
            group.get_column_page_reader(self.leaf)?,
            Arc::clone(budget),
        ));
        let column = group.metadata().column(self.leaf).column_descr_ptr();
        match &mut self.cells {
            Cells::Bytes(cell) => cell.reader = Some(ColumnReaderImpl::new(column, pages)),
            Cells::Int32(cell) => cell.reader = Some(ColumnReaderImpl::new(column, pages)),
            Cells::Int64(cell) => cell.reader = Some(ColumnReaderImpl::new(column, pages)),
        }
        Ok(())
    }

    /// Reads the next row's cells.
    pub(super) fn next_row(&mut self) -> ParquetResult<()> {
        match &mut self.cells {
            Cells::Bytes(cell) => cell.next_row(),
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
        match self.target {
            Target::Scalar(field) => {
                if let Some(slot) = found.text_mut(field) {
                    *slot = self.scalar()?;
                }
            }
            Target::Tokens(field) => {
                if let Some(slot) = found.tokens_mut(field) {
                    *slot = self.tokens(options.vocab_size)?;
                }
            }
            Target::Turn(part) => self.turns(part, messages)?,
        }
        Ok(())
    }

    fn scalar(&self) -> Result<Option<String>, Reason> {
        Ok(match &self.cells {
            Cells::Bytes(cell) => cell
                .values
                .first()
                .map(|value| text(value.data()))
                .transpose()?,
            Cells::Int32(_) | Cells::Int64(_) => self.integer(0).map(|value| value.to_string()),
        })
    }

    fn tokens(&self, vocab_size: Option<u32>) -> Result<Option<Vec<u32>>, Reason> {
        let mut tokens = Vec::new();
        let mut value = 0;
        for (index, definition) in self.definitions().iter().enumerate() {
            if *definition < self.levels.list {
                // One level less than an element is an empty list; less than that, none.
                return Ok((*definition + 1 == self.levels.list).then_some(tokens));
            }
            let fault = |found, why| Reason::Token {
                field: self.path.clone(),
                index,
                found,
                why,
            };
            if *definition < self.levels.full {
                return Err(fault("null".to_owned(), TokenFault::NotAnId));
            }
            let id = self.integer(value).unwrap_or(-1);
            let id = u64::try_from(id)
                .map_err(|_| TokenFault::NotAnId)
                .and_then(|id| digits::token(id, vocab_size));
            tokens
                .push(id.map_err(|why| fault(self.integer(value).unwrap_or(-1).to_string(), why))?);
            value += 1;
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
            if *definition < self.levels.list {
                if *definition + 1 == self.levels.list {
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
            if *definition < self.levels.full {
                continue;
            }
            let Some(value) = values.next() else { break };
            let value = text(value.data())?;
            let message = &mut messages[turns - 1];
            if part == Part::Role {
                message.role = Some(value);
            } else {
                message.strings.push(Said {
                    text: value,
                    is_content: part == Part::Content,
                });
            }
        }
        Ok(())
    }

    fn definitions(&self) -> &[i16] {
        match &self.cells {
            Cells::Bytes(cell) => &cell.definitions,
            Cells::Int32(cell) => &cell.definitions,
            Cells::Int64(cell) => &cell.definitions,
        }
    }

    /// The row's integer at a position among those that are there.
    fn integer(&self, position: usize) -> Option<i128> {
        match &self.cells {
            Cells::Int32(cell) => cell.values.get(position).map(|value| {
                if self.levels.unsigned {
                    i128::from(value.cast_unsigned())
                } else {
                    i128::from(*value)
                }
            }),
            Cells::Int64(cell) => cell.values.get(position).map(|value| {
                if self.levels.unsigned {
                    i128::from(value.cast_unsigned())
                } else {
                    i128::from(*value)
                }
            }),
            Cells::Bytes(_) => None,
        }
    }
}

fn text(bytes: &[u8]) -> Result<String, Reason> {
    std::str::from_utf8(bytes)
        .map(str::to_owned)
        .map_err(|e| Reason::Utf8 {
            at: e.valid_up_to(),
        })
}
