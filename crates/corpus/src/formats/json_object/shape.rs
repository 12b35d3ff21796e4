//! Serde's thirty kinds of visit as the four that JSON has.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// What to do with a JSON value of each kind.
pub(super) trait Shape<'de>: Sized {
    type Out;
    fn object<M: MapAccess<'de>>(self, map: M) -> Result<Self::Out, M::Error>;
    fn list<S: SeqAccess<'de>>(self, list: S) -> Result<Self::Out, S::Error>;
    fn string<E: Error>(self, text: &str) -> Result<Self::Out, E>;
    fn scalar<E: Error>(self, scalar: Scalar) -> Result<Self::Out, E>;
}

/// A JSON value that is neither text nor made of others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scalar {
    Null,
    Bool,
    /// A whole number of at most 64 bits.
    Whole(i128),
    OtherNumber,
}

impl Scalar {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "true or false",
            Self::Whole(_) => "a number",
            Self::OtherNumber => "a fraction or a number of more than 64 bits",
        }
    }
}

/// Reads any value as a [`Shape`].
pub(super) struct Any<S>(pub(super) S);

impl<'de, S: Shape<'de>> DeserializeSeed<'de> for Any<S> {
    type Value = S::Out;
    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<S::Out, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de, S: Shape<'de>> Visitor<'de> for Any<S> {
    type Value = S::Out;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<S::Out, M::Error> {
        self.0.object(map)
    }
    fn visit_seq<L: SeqAccess<'de>>(self, list: L) -> Result<S::Out, L::Error> {
        self.0.list(list)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<S::Out, E> {
        self.0.string(text)
    }
    fn visit_unit<E: Error>(self) -> Result<S::Out, E> {
        self.0.scalar(Scalar::Null)
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<S::Out, E> {
        self.0.scalar(Scalar::Bool)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<S::Out, E> {
        self.0.scalar(Scalar::Whole(number.into()))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<S::Out, E> {
        self.0.scalar(Scalar::Whole(number.into()))
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<S::Out, E> {
        self.0.scalar(Scalar::OtherNumber)
    }
}

/// A name in an object, borrowed where it has no escapes.
pub(super) struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }
    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
