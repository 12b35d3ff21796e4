//! The mapped fields of one JSON object, and the strings beside them.

use std::sync::Arc;

use crate::error::{Reason, TokenFault};
use crate::exposure::Said;
use crate::fields::{Branch, Field, Node};
use crate::found::{Found, Shown};
use crate::options::ReadOptions;
use crate::spelled::{SPELLED, is_data, spelled};
use crate::strings::strings;
use crate::talk::{asked, messages, replies};
use crate::tokens::token;
use crate::tree::{Tree, embedded};

/// Whose an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The suspect's: its log-probabilities are its own.
    Answer,
    /// The suspect's, and its answer was taken out of it.
    Beside,
    /// Whoever's asked it.
    Request,
}

/// The mapped fields of one JSON object, and the strings beside them.
pub(crate) fn found_in(tree: Tree, options: &ReadOptions, role: Role) -> Result<Found, Reason> {
    fill(Found::default(), tree, options, role)
}

/// The same, added to what is known of the record.
pub(super) fn fill(
    mut found: Found,
    tree: Tree,
    options: &ReadOptions,
    role: Role,
) -> Result<Found, Reason> {
    let walk = Walk { options, role };
    let Tree::Object(fields) = tree else {
        return Ok(found);
    };
    let branch = options.fields.root();
    for (key, value) in fields {
        found.start_field();
        let node = branch.child(&key);
        // Tokens that the suspect wrote or weighed are nothing that it was shown.
        if key == LOGPROBS && role != Role::Request && node.is_none() {
            continue;
        }
        walk.step(value, node, &Arc::from(&*key), &mut found)?;
    }
    Ok(found)
}

/// The record's field of log-probabilities.
const LOGPROBS: &str = "logprobs";

/// The way through a record.
struct Walk<'a> {
    options: &'a ReadOptions,
    role: Role,
}

impl Walk<'_> {
    /// A value somewhere below the record: on the way to a field, a field, or neither.
    fn step(
        &self,
        value: Tree,
        node: Option<&Node>,
        name: &Arc<str>,
        found: &mut Found,
    ) -> Result<(), Reason> {
        match node {
            Some(Node::Leaf(field)) if !(self.role == Role::Beside && field.is_body()) => {
                self.leaf(value, *field, found)
            }
            Some(Node::Branch(branch)) => self.branch(value, branch, name, found),
            _ => {
                let data = Some(&value).filter(|_| is_data(name)).and_then(spelled);
                let said = |text| Said {
                    text,
                    name: SPELLED.into(),
                };
                found.strings_mut().extend(data.map(said));
                strings(value, name, found.strings_mut());
                Ok(())
            }
        }
    }

    /// An object or list that may hold mapped fields. A path that leads through another value leads nowhere.
    fn branch(
        &self,
        value: Tree,
        branch: &Branch,
        name: &Arc<str>,
        found: &mut Found,
    ) -> Result<(), Reason> {
        match value {
            Tree::Object(fields) => {
                for (key, value) in fields {
                    let node = branch.child(&key);
                    self.step(value, node, &Arc::from(&*key), found)?;
                }
                Ok(())
            }
            Tree::List(items) => {
                refuse_part(&items, branch, name)?;
                for (index, item) in items.into_iter().enumerate() {
                    let node = branch.at(index, &item);
                    self.step(item, node, name, found)?;
                }
                Ok(())
            }
            Tree::Text(text) => match embedded(&text, self.options.limits.nesting()) {
                // A column of a table holds it as JSON.
                Some(value) => self.branch(value, branch, name, found),
                None => {
                    strings(Tree::Text(text), name, found.strings_mut());
                    Ok(())
                }
            },
            _ => Ok(()),
        }
    }

    /// A value that a field is mapped to. `null` is the same as absent.
    fn leaf(&self, value: Tree, field: Field, found: &mut Found) -> Result<(), Reason> {
        let fields = &self.options.fields;
        found.note(field, fields)?;
        if field == Field::Messages {
            found.note_shown(Shown::Messages);
        }
        if value == Tree::Null {
            if field == Field::Prompt {
                found.note_shown(Shown::Prompt);
            }
            return Ok(());
        }
        let wrong = |value: &Tree, expected| Reason::Kind {
            field: fields.path(field),
            found: value.kind().to_owned(),
            expected,
        };
        match field {
            Field::Messages => {
                let value = match value {
                    Tree::Text(text) => {
                        embedded(&text, self.options.limits.nesting()).unwrap_or(Tree::Text(text))
                    }
                    value => value,
                };
                found.messages = Some(messages(value, &fields.path(field))?);
            }
            // A count under such a name, as records of use have it, is no list of tokens.
            Field::Tokens | Field::PromptTokens | Field::ResponseTokens
                if is_count(&value) && fields.path(field) == field.name() => {}
            Field::Tokens | Field::PromptTokens | Field::ResponseTokens => {
                let tokens = self.tokens(value, field)?;
                if let Some(slot) = found.tokens_mut(field) {
                    *slot = Some(tokens);
                }
            }
            Field::Id | Field::Group | Field::SubKey => {
                let text = match value {
                    Tree::Text(text) => text,
                    Tree::Whole(number) => number.to_string(),
                    other => return Err(wrong(&other, "a string or a whole number")),
                };
                if let Some(slot) = found.text_mut(field) {
                    *slot = Some(text);
                }
            }
            Field::Prompt => {
                found.note_shown(Shown::Prompt);
                match value {
                    Tree::Text(text) => found.prompt = Some(text),
                    value if !value.fields().is_empty() || holds_text(&value) => {
                        found.prompt_turns = Some(asked(value));
                    }
                    other => return Err(wrong(&other, "a string, or a list of turns")),
                }
            }
            Field::Text | Field::Response => match value {
                Tree::Text(text) => {
                    if let Some(slot) = found.text_mut(field) {
                        *slot = Some(text);
                    }
                }
                // An object or a list of nothing is what was kept of none.
                value if is_empty(&value) => {}
                value if holds_text(&value) => {
                    let mut rest = vec![];
                    found.note_shown(Shown::Messages);
                    found.replies = Some(replies(value, &mut rest));
                    found.strings_mut().extend(rest);
                }
                other => return Err(wrong(&other, "a string, or a list of parts with text,")),
            },
        }
        Ok(())
    }

    /// A list of token ids.
    fn tokens(&self, value: Tree, field: Field) -> Result<Vec<u32>, Reason> {
        let name = || self.options.fields.path(field);
        let fault = |index, found: String, why| Reason::Token {
            field: name(),
            index,
            found,
            why,
        };
        let check = |(index, number): (usize, i128)| {
            let id = token(number, self.options.vocab_size);
            id.map_err(|why| fault(index, number.to_string(), why))
        };
        let value = match value {
            Tree::Text(text) => {
                embedded(&text, self.options.limits.nesting()).unwrap_or(Tree::Text(text))
            }
            value => value,
        };
        match value {
            Tree::Ids(ids) => {
                for (index, &id) in ids.iter().enumerate() {
                    check((index, id.into()))?;
                }
                Ok(ids)
            }
            Tree::List(items) => {
                let items = items.into_iter().enumerate();
                let ids = items.map(|(index, item)| match item {
                    Tree::Whole(number) => check((index, number)),
                    other => Err(fault(index, other.kind().to_owned(), TokenFault::NotAnId)),
                });
                ids.collect()
            }
            other => Err(Reason::Kind {
                field: name(),
                found: other.kind().to_owned(),
                expected: "a list of token ids",
            }),
        }
    }
}

/// Whether a value is one number, in JSON or in a table's cell.
fn is_count(value: &Tree) -> bool {
    match value {
        Tree::Whole(_) => true,
        Tree::Text(text) => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// Refuses a path to one of several parts of an answer: the others would count as shown.
fn refuse_part(items: &[Tree], branch: &Branch, list: &str) -> Result<(), Reason> {
    if !["parts", "content"].contains(&list) {
        return Ok(());
    }
    for (index, item) in items.iter().enumerate() {
        let Some(Node::Branch(part)) = branch.at(index, item) else {
            continue;
        };
        for name in ["text", "content"] {
            let Some(Node::Leaf(field)) = part.child(name) else {
                continue;
            };
            let parts = items
                .iter()
                .filter(|item| item.text_at(name).is_some())
                .count();
            if field.is_body() && parts > 1 {
                return Err(Reason::PartOfAnswer {
                    list: list.to_owned(),
                    parts,
                });
            }
        }
    }
    Ok(())
}

/// Whether a value is made of turns or parts: some object in it has a string.
fn holds_text(value: &Tree) -> bool {
    match value {
        Tree::Object(fields) => fields
            .iter()
            .any(|(_, value)| value.text().is_some() || holds_text(value)),
        Tree::List(items) => items.iter().any(holds_text),
        _ => false,
    }
}

/// Whether a value is an object or a list of nothing.
fn is_empty(value: &Tree) -> bool {
    match value {
        Tree::Object(fields) => fields.is_empty(),
        Tree::List(items) => items.is_empty(),
        _ => false,
    }
}
