//! Where in a record each field stands.

use std::fmt;

use thiserror::Error;

use crate::tree::Tree;

/// The fields that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// `text`: a plain document.
    Text,
    /// `tokens`: a plain document as token ids.
    Tokens,
    /// `prompt`: what was shown.
    Prompt,
    /// `prompt_tokens`: what was shown, as token ids.
    PromptTokens,
    /// `response`: an answer.
    Response,
    /// `response_tokens`: an answer as token ids.
    ResponseTokens,
    /// `messages`: a chat log.
    Messages,
    /// `id`: the record's name.
    Id,
    /// `group`: what the record belongs to.
    Group,
    /// `sub_key`: the number of the sub-key that marked it, where a ring of keys did.
    SubKey,
}

impl Field {
    /// Every field, in the order of their declaration.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::Tokens,
        Self::Prompt,
        Self::PromptTokens,
        Self::Response,
        Self::ResponseTokens,
        Self::Messages,
        Self::Id,
        Self::Group,
        Self::SubKey,
    ];

    /// The name in records and in `--field`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Tokens => "tokens",
            Self::Prompt => "prompt",
            Self::PromptTokens => "prompt_tokens",
            Self::Response => "response",
            Self::ResponseTokens => "response_tokens",
            Self::Messages => "messages",
            Self::Id => "id",
            Self::Group => "group",
            Self::SubKey => "sub_key",
        }
    }

    /// Whether the field can hold the answer.
    pub(crate) fn is_body(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Tokens | Self::Response | Self::ResponseTokens | Self::Messages
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Maps fields to paths. By default each field stands at the top of the record under its own name.
///
/// A path is dotted, `choices.0.message.content`: a name, or in a list a position from 0, or the item that has a value,
/// `output.[type=message].content`. A dot or backslash within a
/// name is escaped by a backslash, `a\.b`. A path may end at a text, at turns, or at parts, which are joined. Once a field that can hold the answer is mapped (`text`, `tokens`, `response`,
/// `response_tokens`, `messages`), the others of these are such fields only if they are mapped too, so that a
/// mapping always says what the answer is. Strings at places that are no field count as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMap {
    mapped: Vec<(Field, Vec<String>)>,
    /// How many of these were given.
    given: usize,
    root: Branch,
}

impl FieldMap {
    /// Reads a list of `name=path`.
    ///
    /// # Errors
    /// An unknown name, an empty path or part of one, a name mapped twice, two fields at one path, or a field within
    /// another.
    pub fn parse<S: AsRef<str>>(
        mappings: impl IntoIterator<Item = S>,
    ) -> Result<Self, FieldMapError> {
        let mut mapped: Vec<(Field, Vec<String>)> = Vec::new();
        for mapping in mappings {
            let mapping = mapping.as_ref();
            let (name, path) = mapping
                .split_once('=')
                .ok_or_else(|| FieldMapError::NoEquals(mapping.to_owned()))?;
            let field = Field::ALL
                .into_iter()
                .find(|field| field.name() == name)
                .ok_or_else(|| FieldMapError::UnknownField(name.to_owned()))?;
            if mapped.iter().any(|(other, _)| *other == field) {
                return Err(FieldMapError::Twice(field));
            }
            mapped.push((
                field,
                split_path(path).ok_or_else(|| FieldMapError::BadPath(path.to_owned()))?,
            ));
        }
        let given = mapped.len();
        let texts: Vec<_> = mapped.iter().filter_map(beside_tokens).collect();
        for (field, path) in texts {
            let is_taken = mapped
                .iter()
                .any(|(other, at)| *other == field || *at == path);
            if !is_taken {
                mapped.push((field, path));
            }
        }
        let body_is_mapped = mapped.iter().any(|(field, _)| field.is_body());
        let mut root = Branch::default();
        for (field, path) in &mapped {
            root.insert(*field, path)?;
        }
        for field in Field::ALL {
            let explicit = mapped.iter().any(|(other, _)| *other == field);
            if !(explicit || body_is_mapped && field.is_body()) {
                // A default name that a mapping has taken for another field is no longer this one.
                let _ = root.insert(field, &[field.name().to_owned()]);
            }
        }
        Ok(Self {
            mapped,
            given,
            root,
        })
    }

    /// The path of a field as the user would write it.
    #[must_use]
    pub fn path(&self, field: Field) -> String {
        self.mapped
            .iter()
            .find(|(other, _)| *other == field)
            .map_or_else(
                || field.name().to_owned(),
                |(_, path)| {
                    path.iter()
                        .map(|part| part.replace('\\', "\\\\").replace('.', "\\."))
                        .collect::<Vec<_>>()
                        .join(".")
                },
            )
    }

    /// Whether a field that can hold the answer is mapped.
    pub(crate) fn maps_answer(&self) -> bool {
        self.mapped.iter().any(|(field, _)| field.is_body())
    }

    /// The fields that were mapped.
    pub(crate) fn given(&self) -> impl Iterator<Item = Field> {
        self.mapped.iter().take(self.given).map(|(field, _)| *field)
    }

    /// The paths that were given for fields that can hold the answer, in words.
    pub(crate) fn answer_paths(&self) -> String {
        let given = self.given().filter(|field| field.is_body());
        let paths: Vec<String> = given
            .map(|field| format!("`{}`", self.path(field)))
            .collect();
        paths.join(" or ")
    }

    /// Whether a field at the top of a record is the answer, or holds it.
    pub(crate) fn is_body(&self, name: &str) -> bool {
        self.root.child(name).is_some_and(Node::has_body)
    }

    /// Whether the id stands at another place than its own.
    pub(crate) fn maps_id(&self) -> bool {
        let mut mapped = self.mapped.iter();
        mapped.any(|(field, path)| *field == Field::Id && *path != ["id"])
    }

    /// The same places of the id and of a prompt's tokens, and no other field: those of a request that stands apart from its answer.
    pub(crate) fn of_requests(&self) -> Self {
        let place = |field: Field| {
            let mapped = self.mapped.iter().find(|(other, _)| *other == field);
            let path = mapped.map(|(_, path)| path.clone());
            (field, path.unwrap_or_else(|| vec![field.name().to_owned()]))
        };
        let mapped = vec![place(Field::Id), place(Field::PromptTokens)];
        let mut root = Branch::default();
        for (field, path) in &mapped {
            // Fields that do not overlap in answers do not here, but a default name may be taken by the other.
            let _ = root.insert(*field, path);
        }
        Self {
            mapped,
            given: 0,
            root,
        }
    }

    pub(crate) fn root(&self) -> &Branch {
        &self.root
    }
}

impl Default for FieldMap {
    fn default() -> Self {
        Self::parse::<&str>([]).expect("default names differ")
    }
}

/// Why a field mapping makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FieldMapError {
    /// No `=`.
    #[error("`{0}` is no field mapping; write name=path, for example response=output.text")]
    NoEquals(String),
    /// The name is none of [`Field::ALL`].
    #[error(
        "there is no field `{0}`; known are text, tokens, prompt, prompt_tokens, response, response_tokens, messages, id, group, sub_key"
    )]
    UnknownField(String),
    /// An empty path, or an empty part of one.
    #[error(
        "`{0}` is no path; write names and positions with dots between, for example choices.0.text"
    )]
    BadPath(String),
    /// The same field is mapped twice.
    #[error("the field `{0}` is mapped twice")]
    Twice(Field),
    /// One value cannot be two fields, nor can a field hold another.
    #[error("the fields `{0}` and `{1}` are mapped to one place, or one within the other")]
    Overlap(Field, Field),
}

/// The paths as a tree: what to look for in one object or list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Branch {
    children: Vec<(String, Option<usize>, Node)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Leaf(Field),
    Branch(Branch),
}

impl Node {
    fn has_body(&self) -> bool {
        match self {
            Self::Leaf(field) => field.is_body(),
            Self::Branch(branch) => branch.children.iter().any(|(.., node)| node.has_body()),
        }
    }
}

impl Branch {
    /// What is looked for in a field of an object.
    pub(crate) fn child(&self, key: &str) -> Option<&Node> {
        self.children
            .iter()
            .find(|(name, ..)| name == key)
            .map(|(.., node)| node)
    }

    /// What is looked for in an item of a list: by its position, or by a value that it has.
    pub(crate) fn at(&self, index: usize, item: &Tree) -> Option<&Node> {
        let is_picked = |name: &str| {
            let picked = name
                .strip_prefix('[')
                .and_then(|name| name.strip_suffix(']'));
            let picked = picked.and_then(|picked| picked.split_once('='));
            picked.is_some_and(|(key, value)| item.text_at(key) == Some(value))
        };
        self.children
            .iter()
            .find(|(name, position, _)| *position == Some(index) || is_picked(name))
            .map(|(.., node)| node)
    }

    fn insert(&mut self, field: Field, path: &[String]) -> Result<(), FieldMapError> {
        let (first, rest) = path.split_first().expect("a path has at least one part");
        let existing = self.children.iter_mut().find(|(name, ..)| name == first);
        match (existing, rest) {
            (None, []) => {
                let node = Node::Leaf(field);
                self.children
                    .push((first.clone(), first.parse().ok(), node));
            }
            (None, _) => {
                let mut branch = Self::default();
                branch.insert(field, rest)?;
                self.children
                    .push((first.clone(), first.parse().ok(), Node::Branch(branch)));
            }
            (Some((.., Node::Branch(branch))), [_, ..]) => branch.insert(field, rest)?,
            (Some((.., Node::Leaf(other))), _) => {
                return Err(FieldMapError::Overlap(*other, field));
            }
            (Some((.., Node::Branch(branch))), []) => {
                return Err(FieldMapError::Overlap(branch.any_field(), field));
            }
        }
        Ok(())
    }

    fn any_field(&self) -> Field {
        match &self
            .children
            .first()
            .expect("branches are made with a child")
            .2
        {
            Node::Leaf(field) => *field,
            Node::Branch(branch) => branch.any_field(),
        }
    }
}

/// The text that stands beside tokens under the name that goes with theirs: it says the same, and was not shown.
fn beside_tokens((field, path): &(Field, Vec<String>)) -> Option<(Field, Vec<String>)> {
    let text = match field {
        Field::Tokens => Field::Text,
        Field::ResponseTokens => Field::Response,
        _ => return None,
    };
    let (last, parent) = path.split_last()?;
    let name = match last.as_str() {
        "tokens" => "text",
        "response_tokens" => "response",
        _ => return None,
    };
    Some((text, [parent, &[name.to_owned()]].concat()))
}

fn split_path(path: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        let part = parts.last_mut().expect("starts with one part");
        match c {
            '\\' => part.push(chars.next()?),
            '.' => parts.push(String::new()),
            c => part.push(c),
        }
    }
    parts.iter().all(|part| !part.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_answer_switches_the_default_answers_off() {
        let map = FieldMap::parse(["response=output.text", "id=meta.id"]).unwrap();
        assert!(map.root().child("text").is_none() && map.root().child("messages").is_none());
        assert_eq!(map.root().child("prompt"), Some(&Node::Leaf(Field::Prompt)));
        assert_eq!(map.path(Field::Response), "output.text");
    }

    #[test]
    fn a_mapped_prompt_leaves_the_default_answers_on() {
        let map = FieldMap::parse(["prompt=question"]).unwrap();
        assert_eq!(map.root().child("text"), Some(&Node::Leaf(Field::Text)));
        assert!(map.root().child("prompt").is_none());
    }

    #[test]
    fn a_default_name_taken_for_another_field_is_that_field() {
        let map = FieldMap::parse(["group=id"]).unwrap();
        assert_eq!(map.root().child("id"), Some(&Node::Leaf(Field::Group)));
    }

    #[test]
    fn dots_in_names_are_escaped() {
        let map = FieldMap::parse([r"text=a\.b.c"]).unwrap();
        assert!(matches!(map.root().child("a.b"), Some(Node::Branch(_))));
        assert_eq!(map.path(Field::Text), r"a\.b.c");
    }

    #[test]
    fn senseless_mappings_are_refused_by_name() {
        use FieldMapError as E;
        let fails = |list: &[&str]| FieldMap::parse(list).unwrap_err();
        assert_eq!(fails(&["text"]), E::NoEquals("text".into()));
        assert_eq!(fails(&["answer=a"]), E::UnknownField("answer".into()));
        assert_eq!(fails(&["text="]), E::BadPath(String::new()));
        assert_eq!(fails(&["text=a..b"]), E::BadPath("a..b".into()));
        assert_eq!(fails(&[r"text=a\"]), E::BadPath(r"a\".into()));
        assert_eq!(fails(&["text=a", "text=b"]), E::Twice(Field::Text));
        assert_eq!(
            fails(&["text=a", "id=a"]),
            E::Overlap(Field::Text, Field::Id)
        );
        assert_eq!(
            fails(&["text=a", "id=a.b"]),
            E::Overlap(Field::Text, Field::Id)
        );
        assert_eq!(
            fails(&["text=a.b", "id=a"]),
            E::Overlap(Field::Text, Field::Id)
        );
    }
}
