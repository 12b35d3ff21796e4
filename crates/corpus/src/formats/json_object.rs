//! One JSON object into the fields that a record is made of.
//!
//! The object is walked along the mapped paths; of everything beside them the strings are kept as exposure. What is not
//! read must still be valid JSON and not too deep.

mod context;
mod shape;
mod strings;
mod turns;
mod values;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess};

use self::context::Context;
use self::shape::{Any, Key, Scalar, Shape};
use self::strings::Strings;
use self::turns::Turns;
use self::values::{Ids, Text};
use crate::error::Reason;
use crate::exposure::Said;
use crate::failed::failure;
use crate::fields::{Branch, Field, Node};
use crate::layout::{Found, Shown, name_keys};
use crate::options::ReadOptions;
use crate::record::{Record, Source};

/// Reads one record from the bytes of one JSON object.
pub(crate) fn record(
    bytes: &[u8],
    source: Source,
    options: &ReadOptions,
) -> Result<Record, Reason> {
    let found = found(bytes, options, Role::Answer)?;
    let json = str::from_utf8(bytes).unwrap_or_default();
    found
        .into_record(source, options, || name_keys(&keys(json)))
        .map_err(|reason| match reason {
            Reason::NoLayout { .. } | Reason::NoAnswer { .. } => match failure(json) {
                Some(failure) => Reason::Failed { failure },
                None => reason,
            },
            reason => reason,
        })
}

/// Whose an object is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The suspect's: its log-probabilities are its own.
    Answer,
    /// Whoever's asked it.
    Request,
}

/// The mapped fields of one JSON object, and the strings beside them.
pub(crate) fn found(bytes: &[u8], options: &ReadOptions, role: Role) -> Result<Found, Reason> {
    let json = str::from_utf8(bytes).map_err(|e| Reason::Utf8 {
        at: e.valid_up_to(),
    })?;
    let context = Context {
        options,
        reason: RefCell::new(None),
    };
    let mut found = Found::default();
    let mut parser = serde_json::Deserializer::from_str(json);
    let depth = options.limits.nesting();
    let read = Any(Walk {
        context: &context,
        found: &mut found,
        branch: options.fields.root(),
        name: Arc::from(""),
        depth,
        is_root: true,
        role,
    })
    .deserialize(&mut parser)
    .and_then(|()| parser.end());
    read.map_err(|error| context.reason.take().unwrap_or_else(|| syntax(&error)))?;
    Ok(found)
}

/// Parser messages end with a position in the record; ours names the byte apart.
fn syntax(error: &serde_json::Error) -> Reason {
    let message = error.to_string();
    let why = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(why, _)| why);
    Reason::Json {
        why: why.to_owned(),
        column: error.column(),
    }
}

/// An object or list that may hold mapped fields. `depth` is how many levels of nesting are allowed from here on.
struct Walk<'a, 'c> {
    context: &'a Context<'c>,
    found: &'a mut Found,
    branch: &'a Branch,
    /// The name it stands under.
    name: Arc<str>,
    depth: u32,
    is_root: bool,
    role: Role,
}

impl Walk<'_, '_> {
    /// A mapped path that leads through a scalar leads nowhere: the field is absent. The record itself must be an object.
    fn nowhere<E: Error>(&self, found: &'static str) -> Result<(), E> {
        if self.is_root {
            Err(self.context.fail(Reason::NotAnObject { found }))
        } else {
            Ok(())
        }
    }
}

impl<'de> Shape<'de> for Walk<'_, '_> {
    type Out = ();

    fn object<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let Self {
            context,
            found,
            branch,
            depth,
            is_root,
            role,
            ..
        } = self;
        let depth = context.deeper(depth)?;
        while let Some(key) = map.next_key_seed(Key)? {
            if is_root {
                found.start_field();
            }
            let is_own = is_root && key == LOGPROBS && role == Role::Answer;
            if is_own && branch.child(&key).is_none() {
                map.next_value_seed(Own { context, depth })?;
                continue;
            }
            map.next_value_seed(Step {
                context,
                found,
                node: branch.child(&key),
                name: Arc::from(&*key),
                depth,
            })?;
        }
        Ok(())
    }

    fn list<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        self.nowhere("a list")?;
        let Self {
            context,
            found,
            branch,
            name,
            depth,
            ..
        } = self;
        let depth = context.deeper(depth)?;
        let mut index = 0;
        while list
            .next_element_seed(Step {
                context,
                found,
                node: branch.at(index),
                name: Arc::clone(&name),
                depth,
            })?
            .is_some()
        {
            index += 1;
        }
        Ok(())
    }

    fn string<E: Error>(self, text: &str) -> Result<(), E> {
        self.nowhere("a string")?;
        self.found.strings_mut().push(Said {
            text: text.to_owned(),
            name: self.name,
        });
        Ok(())
    }

    fn scalar<E: Error>(self, scalar: Scalar) -> Result<(), E> {
        self.nowhere(scalar.name())
    }
}

/// A value somewhere below the record: on the way to a field, a field, or neither.
struct Step<'a, 'c> {
    context: &'a Context<'c>,
    found: &'a mut Found,
    node: Option<&'a Node>,
    name: Arc<str>,
    depth: u32,
}

impl<'de> DeserializeSeed<'de> for Step<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        let Self {
            context,
            found,
            node,
            name,
            depth,
        } = self;
        match node {
            None => {
                let strings = found.strings_mut();
                Any(Strings {
                    context,
                    take: &mut |said, _| strings.push(said),
                    name,
                    is_content: false,
                    depth,
                })
                .deserialize(parser)
            }
            Some(Node::Branch(branch)) => Any(Walk {
                context,
                found,
                branch,
                name,
                depth,
                is_root: false,
                role: Role::Answer,
            })
            .deserialize(parser),
            Some(Node::Leaf(field)) => leaf(context, found, *field, depth, parser),
        }
    }
}

/// The record's field of log-probabilities: tokens that the suspect wrote or weighed, nothing that it was shown.
const LOGPROBS: &str = "logprobs";

/// A value whose strings are the suspect's own.
struct Own<'a, 'c> {
    context: &'a Context<'c>,
    depth: u32,
}

impl<'de> DeserializeSeed<'de> for Own<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        Any(Strings {
            context: self.context,
            take: &mut |_, _| {},
            name: Arc::from(LOGPROBS),
            is_content: false,
            depth: self.depth,
        })
        .deserialize(parser)
    }
}

/// A value that a field is mapped to. `null` is the same as absent.
fn leaf<'de, D: Deserializer<'de>>(
    context: &Context<'_>,
    found: &mut Found,
    field: Field,
    depth: u32,
    parser: D,
) -> Result<(), D::Error> {
    let fields = &context.options.fields;
    found
        .note(field, fields)
        .map_err(|reason| context.fail(reason))?;
    if field == Field::Messages {
        found.note_shown(Shown::Messages);
        found.messages = Any(Turns { context, depth }).deserialize(parser)?;
    } else if let Some(slot) = found.tokens_mut(field) {
        *slot = Any(Ids { context, field }).deserialize(parser)?;
    } else if let Some(slot) = found.text_mut(field) {
        let may_be_number = matches!(field, Field::Id | Field::Group | Field::SubKey);
        *slot = Any(Text {
            context,
            name: &|| fields.path(field),
            may_be_number,
        })
        .deserialize(parser)?;
        if field == Field::Prompt {
            found.note_shown(Shown::Prompt);
        }
    }
    Ok(())
}

/// The names at the top of an object that was read without error.
fn keys(json: &str) -> Vec<Cow<'_, str>> {
    struct Keys;
    impl<'de> Shape<'de> for Keys {
        type Out = Vec<Cow<'de, str>>;
        fn object<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Out, M::Error> {
            let mut keys = Vec::new();
            while let Some(key) = map.next_key_seed(Key)? {
                map.next_value::<serde::de::IgnoredAny>()?;
                keys.push(key);
            }
            Ok(keys)
        }
        fn list<S: SeqAccess<'de>>(self, _: S) -> Result<Self::Out, S::Error> {
            Ok(Vec::new())
        }
        fn string<E: Error>(self, _: &str) -> Result<Self::Out, E> {
            Ok(Vec::new())
        }
        fn scalar<E: Error>(self, _: Scalar) -> Result<Self::Out, E> {
            Ok(Vec::new())
        }
    }
    Any(Keys)
        .deserialize(&mut serde_json::Deserializer::from_str(json))
        .unwrap_or_default()
}
