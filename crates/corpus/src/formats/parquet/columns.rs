//! Which columns of a schema are read, and as what.

use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::schema::types::{SchemaDescriptor, Type};

use crate::elsewhere::{is_name, may_be_tokens};
use crate::error::Reason;
use crate::fields::{Branch, Field, FieldMap, Node};

/// One column that is read.
pub(super) struct Column {
    /// Its number in the file.
    pub(super) leaf: usize,
    /// The number of the column at the top of the record that it belongs to.
    pub(super) root: usize,
    pub(super) path: String,
    /// The last name of its path.
    pub(super) name: Arc<str>,
    pub(super) target: Target,
    pub(super) levels: Levels,
    pub(super) values: Values,
}

/// The physical types that fields have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    Bytes,
    /// Bytes of one length in every row.
    Fixed,
    Int32,
    Int64,
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// One string or number a row.
    Scalar(Field),
    /// A list of token ids a row.
    Tokens(Field),
    /// A string (or several) of each turn.
    Turn(Part),
    /// A number that names what was shown from elsewhere, or bytes that are it.
    Pointer,
    /// Tokens that were shown, of any tokenizer.
    Asked,
    /// Strings of no field: they count as shown. Those of a column that is annotated as strings must be UTF-8; bytes
    /// without an annotation may be anything.
    Other { must_be_text: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Role,
    Content,
    Other,
}

/// Definition levels of a column: how much of its path exists in a cell (Dremel, Melnik et al. 2010, §4).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Levels {
    /// The level from which an element of the (outer) list is there; 0 where there is no list.
    pub(super) list: i16,
    /// The level at which the value itself is there.
    pub(super) full: i16,
    /// How many lists are within one another.
    pub(super) lists: i16,
    /// Whether integers are unsigned.
    pub(super) unsigned: bool,
}

/// Finds the columns of the mapped fields, and every other column of strings.
pub(super) fn columns(schema: &SchemaDescriptor, fields: &FieldMap) -> Result<Vec<Column>, Reason> {
    let mut search = Search {
        leaf: 0,
        root: 0,
        columns: Vec::new(),
    };
    let root = schema.root_schema();
    for (index, field) in root.get_fields().iter().enumerate() {
        search.root = index;
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
    /// The number of the column at the top.
    root: usize,
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
            match target {
                Sought::Field(field) => self.add(leaf, node, field, &place)?,
                Sought::Fields(_) | Sought::Nothing => self.add_other(leaf, node, &place),
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

    fn add(&mut self, leaf: usize, node: &Type, field: Field, place: &Place) -> Result<(), Reason> {
        let physical = node.get_physical_type();
        let converted = node.get_basic_info().converted_type();
        let is_string = is_string(node);
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
                    return Err(wrong(place, &describe(node, place), "a list of integers"));
                }
                Target::Tokens(field)
            }
            Field::Messages => {
                if place.levels.lists == 0 {
                    return Err(wrong(
                        place,
                        &describe(node, place),
                        "a list of structs with `role` and `content`",
                    ));
                }
                let part = part(&place.within);
                if !is_string {
                    if part != Part::Other {
                        return Err(wrong(place, &describe(node, place), "a column of strings"));
                    }
                    return Ok(());
                }
                Target::Turn(part)
            }
            Field::Text
            | Field::Prompt
            | Field::Response
            | Field::Id
            | Field::Group
            | Field::SubKey => {
                let may_be_number = matches!(field, Field::Id | Field::Group | Field::SubKey);
                if place.levels.lists != 0 || !(is_string || may_be_number && is_integer) {
                    return Err(wrong(place, &describe(node, place), "a column of strings"));
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
        let values = match physical {
            Physical::INT32 => Values::Int32,
            Physical::INT64 => Values::Int64,
            _ => Values::Bytes,
        };
        let is_again = self.columns.iter().any(|column| column.target == target);
        if is_again && !matches!(target, Target::Turn(_)) {
            return Err(Reason::Duplicate(place.path.join(".")));
        }
        let levels = Levels {
            unsigned,
            ..place.levels
        };
        self.push(leaf, place, target, levels, values);
        Ok(())
    }

    fn add_other(&mut self, leaf: usize, node: &Type, place: &Place) {
        let groups = &place.path[..place.path.len().saturating_sub(1)];
        if node.get_physical_type() == Physical::BYTE_ARRAY
            && groups.iter().any(|name| is_name(name))
        {
            // The bytes of a picture, or where it is.
            return self.push(leaf, place, Target::Pointer, place.levels, Values::Bytes);
        }
        if is_string(node) {
            let target = Target::Other {
                must_be_text: node.get_basic_info().converted_type() != ConvertedType::NONE,
            };
            return self.push(leaf, place, target, place.levels, Values::Bytes);
        }
        let values = match node.get_physical_type() {
            Physical::INT32 => Values::Int32,
            Physical::INT64 => Values::Int64,
            Physical::BYTE_ARRAY if is_bytes(node) => Values::Bytes,
            Physical::FIXED_LEN_BYTE_ARRAY if is_bytes(node) => Values::Fixed,
            _ => return,
        };
        if matches!(values, Values::Bytes | Values::Fixed) {
            let target = Target::Other {
                must_be_text: false,
            };
            return self.push(leaf, place, target, place.levels, values);
        }
        if place.path.last().is_some_and(|name| is_name(name)) {
            self.push(leaf, place, Target::Pointer, place.levels, values);
        } else if place.levels.lists > 0 && may_be_tokens(&place.path) {
            self.push(leaf, place, Target::Asked, place.levels, values);
        }
    }

    fn push(&mut self, leaf: usize, place: &Place, target: Target, levels: Levels, values: Values) {
        let name = place.path.last().map_or("", String::as_str);
        self.columns.push(Column {
            leaf,
            root: self.root,
            path: place.path.join("."),
            name: Arc::from(name),
            target,
            levels,
            values,
        });
    }
}

/// Bytes that are text, by their annotation or for want of one.
pub(super) fn is_string(node: &Type) -> bool {
    node.is_primitive()
        && node.get_physical_type() == Physical::BYTE_ARRAY
        && matches!(
            node.get_basic_info().converted_type(),
            ConvertedType::UTF8 | ConvertedType::NONE | ConvertedType::JSON | ConvertedType::ENUM
        )
}

/// Whether somewhere in a column calls of tools, or their results, have a place.
pub(super) fn names_calls(node: &Type) -> bool {
    const NAMES: [&str; 5] = [
        "tool_calls",
        "toolCalls",
        "tool_call_id",
        "toolCallId",
        "function_call",
    ];
    !node.is_primitive()
        && node
            .get_fields()
            .iter()
            .any(|field| NAMES.contains(&field.name()) || names_calls(field))
}

/// Bytes that may be anything: no numbers, and no names.
fn is_bytes(node: &Type) -> bool {
    let info = node.get_basic_info();
    let is_any = matches!(
        info.converted_type(),
        ConvertedType::NONE | ConvertedType::BSON
    );
    is_any
        && !matches!(
            info.logical_type_ref(),
            Some(LogicalType::Uuid | LogicalType::Float16)
        )
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
