//! `messages`: the turns of a chat log, as the common chat APIs write them.

use std::sync::Arc;

use serde::de::{Error, MapAccess, SeqAccess};

use super::context::Context;
use super::shape::{Any, Key, Scalar, Shape};
use super::strings::Strings;
use super::values::Text;
use crate::chat::Message;
use crate::error::Reason;
use crate::fields::Field;

/// The list of turns; `null` is the same as absent.
pub(super) struct Turns<'a, 'c> {
    pub(super) context: &'a Context<'c>,
    pub(super) depth: u32,
}

impl Turns<'_, '_> {
    fn wrong<T, E: Error>(&self, found: &str) -> Result<T, E> {
        let field = self.context.options.fields.path(Field::Messages);
        Err(self
            .context
            .kind(field, found, "a list of {\"role\": …, \"content\": …}"))
    }
}

impl<'de> Shape<'de> for Turns<'_, '_> {
    type Out = Option<Vec<Message>>;

    fn list<S: SeqAccess<'de>>(self, mut list: S) -> Result<Self::Out, S::Error> {
        let Self { context, depth } = self;
        let depth = context.deeper(depth)?;
        let mut messages = Vec::new();
        while let Some(message) = list.next_element_seed(Any(Turn {
            context,
            index: messages.len(),
            depth,
        }))? {
            messages.push(message);
        }
        Ok(Some(messages))
    }

    fn scalar<E: Error>(self, scalar: Scalar) -> Result<Self::Out, E> {
        match scalar {
            Scalar::Null => Ok(None),
            other => self.wrong(other.name()),
        }
    }

    fn string<E: Error>(self, _: &str) -> Result<Self::Out, E> {
        self.wrong("a string")
    }

    fn object<M: MapAccess<'de>>(self, _: M) -> Result<Self::Out, M::Error> {
        self.wrong("an object")
    }
}

/// One turn: `role`, `content`, and whatever else a log keeps of it.
struct Turn<'a, 'c> {
    context: &'a Context<'c>,
    index: usize,
    depth: u32,
}

impl Turn<'_, '_> {
    fn name(&self, part: &str) -> String {
        format!(
            "{}.{}{part}",
            self.context.options.fields.path(Field::Messages),
            self.index
        )
    }

    fn wrong<T, E: Error>(&self, found: &str) -> Result<T, E> {
        Err(self
            .context
            .kind(self.name(""), found, "an object with `role` and `content`"))
    }
}

impl<'de> Shape<'de> for Turn<'_, '_> {
    type Out = Message;

    fn object<M: MapAccess<'de>>(self, mut map: M) -> Result<Message, M::Error> {
        let context = self.context;
        let depth = context.deeper(self.depth)?;
        let mut message = Message::default();
        let (mut roles, mut contents) = (0, 0);
        while let Some(key) = map.next_key_seed(Key)? {
            if key == "role" {
                roles += 1;
                let role = Text {
                    context,
                    name: &|| self.name(".role"),
                    may_be_number: false,
                };
                message.role = map.next_value_seed(Any(role))?;
            } else {
                let is_content = key == "content";
                contents += u32::from(is_content);
                let strings = &mut message.strings;
                map.next_value_seed(Any(Strings {
                    context,
                    take: &mut |said, is_content| strings.push((said, is_content)),
                    name: Arc::from(&*key),
                    is_content,
                    depth,
                }))?;
            }
            if roles > 1 || contents > 1 {
                return Err(context.fail(Reason::Duplicate(self.name(&format!(".{key}")))));
            }
        }
        if message.role.is_some() {
            Ok(message)
        } else {
            Err(context.kind(self.name(".role"), "missing", "a string"))
        }
    }

    fn list<S: SeqAccess<'de>>(self, _: S) -> Result<Message, S::Error> {
        self.wrong("a list")
    }

    fn string<E: Error>(self, _: &str) -> Result<Message, E> {
        self.wrong("a string")
    }

    fn scalar<E: Error>(self, scalar: Scalar) -> Result<Message, E> {
        self.wrong(scalar.name())
    }
}
