//! The values of fields: text, names and lists of token ids.

use serde::de::{Error, MapAccess, SeqAccess};

use super::context::Context;
use super::shape::{Any, Scalar, Shape};
use crate::error::{Reason, TokenFault};
use crate::fields::Field;
use crate::tokens::token;

/// A string or, for names, a whole number.
pub(super) struct Text<'a, 'c> {
    pub(super) context: &'a Context<'c>,
    pub(super) name: &'a dyn Fn() -> String,
    pub(super) may_be_number: bool,
}

impl Text<'_, '_> {
    fn wrong<T, E: Error>(&self, found: &str) -> Result<T, E> {
        let expected = if self.may_be_number {
            "a string or a whole number"
        } else {
            "a string"
        };
        Err(self.context.kind((self.name)(), found, expected))
    }
}

impl<'de> Shape<'de> for Text<'_, '_> {
    type Out = Option<String>;

    fn string<E: Error>(self, text: &str) -> Result<Self::Out, E> {
        Ok(Some(text.to_owned()))
    }

    fn scalar<E: Error>(self, scalar: Scalar) -> Result<Self::Out, E> {
        match scalar {
            Scalar::Null => Ok(None),
            Scalar::Whole(number) if self.may_be_number => Ok(Some(number.to_string())),
            other => self.wrong(other.name()),
        }
    }

    fn list<S: SeqAccess<'de>>(self, _: S) -> Result<Self::Out, S::Error> {
        self.wrong("a list")
    }

    fn object<M: MapAccess<'de>>(self, _: M) -> Result<Self::Out, M::Error> {
        self.wrong("an object")
    }
}

/// A list of token ids.
pub(super) struct Ids<'a, 'c> {
    pub(super) context: &'a Context<'c>,
    pub(super) field: Field,
}

impl Ids<'_, '_> {
    fn wrong<T, E: Error>(&self, found: &str) -> Result<T, E> {
        let field = self.context.options.fields.path(self.field);
        Err(self.context.kind(field, found, "a list of token ids"))
    }
}

impl<'de> Shape<'de> for Ids<'_, '_> {
    type Out = Option<Vec<u32>>;

    fn list<S: SeqAccess<'de>>(self, mut list: S) -> Result<Self::Out, S::Error> {
        let Self { context, field } = self;
        let mut ids = Vec::new();
        while let Some(id) = list.next_element_seed(Any(Id {
            context,
            field,
            index: ids.len(),
        }))? {
            ids.push(id);
        }
        Ok(Some(ids))
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

/// One token id.
struct Id<'a, 'c> {
    context: &'a Context<'c>,
    field: Field,
    index: usize,
}

impl Id<'_, '_> {
    fn wrong<E: Error>(&self, found: impl Into<String>, why: TokenFault) -> E {
        let field = self.context.options.fields.path(self.field);
        self.context.fail(Reason::Token {
            field,
            index: self.index,
            found: found.into(),
            why,
        })
    }
}

impl<'de> Shape<'de> for Id<'_, '_> {
    type Out = u32;

    fn scalar<E: Error>(self, scalar: Scalar) -> Result<u32, E> {
        match scalar {
            Scalar::Whole(value) => token(value, self.context.options.vocab_size)
                .map_err(|why| self.wrong(value.to_string(), why)),
            other => Err(self.wrong(other.name(), TokenFault::NotAnId)),
        }
    }

    fn string<E: Error>(self, _: &str) -> Result<u32, E> {
        Err(self.wrong("a string", TokenFault::NotAnId))
    }

    fn list<S: SeqAccess<'de>>(self, _: S) -> Result<u32, S::Error> {
        Err(self.wrong("a list", TokenFault::NotAnId))
    }

    fn object<M: MapAccess<'de>>(self, _: M) -> Result<u32, M::Error> {
        Err(self.wrong("an object", TokenFault::NotAnId))
    }
}
