//! Reads DER field by field; every failure names the part it happened in.

use super::TimestampError;
use der::asn1::{AnyRef, IntRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Reader, SliceReader, Tag, TagNumber};

/// The fields of one constructed value.
pub(super) struct Fields<'a> {
    reader: SliceReader<'a>,
    part: &'static str,
}

/// An identifier of this module's own constants.
pub(super) fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

impl<'a> Fields<'a> {
    /// The fields of bytes that are one SEQUENCE and nothing else.
    pub(super) fn of_sequence(der: &'a [u8], part: &'static str) -> Result<Self, TimestampError> {
        let mut outer = Self::inside(der, part)?;
        let fields = outer.sequence(part)?;
        outer.finish()?;
        Ok(fields)
    }

    /// The fields of bytes that are one SET and nothing else.
    pub(super) fn of_set(der: &'a [u8], part: &'static str) -> Result<Self, TimestampError> {
        let mut outer = Self::inside(der, part)?;
        let fields = outer.set(part)?;
        outer.finish()?;
        Ok(fields)
    }

    fn inside(value: &'a [u8], part: &'static str) -> Result<Self, TimestampError> {
        match SliceReader::new(value) {
            Ok(reader) => Ok(Self { reader, part }),
            Err(error) => Err(form(part, &error)),
        }
    }

    /// The next value, whole.
    pub(super) fn any(&mut self) -> Result<&'a [u8], TimestampError> {
        let part = self.part;
        self.reader.tlv_bytes().map_err(|error| form(part, &error))
    }

    /// The next value, decoded.
    pub(super) fn decode<T>(&mut self) -> Result<T, TimestampError>
    where
        T: Decode<'a, Error = der::Error>,
    {
        let part = self.part;
        T::decode(&mut self.reader).map_err(|error| form(part, &error))
    }

    /// The next value, if it has this tag.
    pub(super) fn optional<T>(&mut self, tag: Tag) -> Result<Option<T>, TimestampError>
    where
        T: Decode<'a, Error = der::Error>,
    {
        match self.next_is(tag) {
            true => self.decode().map(Some),
            false => Ok(None),
        }
    }

    pub(super) fn oid(&mut self) -> Result<ObjectIdentifier, TimestampError> {
        self.decode()
    }

    /// The bytes of an INTEGER, as they are.
    pub(super) fn integer(&mut self) -> Result<&'a [u8], TimestampError> {
        Ok(self.decode::<IntRef<'a>>()?.as_bytes())
    }

    pub(super) fn octets(&mut self) -> Result<&'a [u8], TimestampError> {
        Ok(self.decode::<&OctetStringRef>()?.as_bytes())
    }

    pub(super) fn sequence(&mut self, part: &'static str) -> Result<Self, TimestampError> {
        self.constructed(Tag::Sequence, part)
    }

    pub(super) fn set(&mut self, part: &'static str) -> Result<Self, TimestampError> {
        self.constructed(Tag::Set, part)
    }

    /// What stands under context-specific number `number`.
    pub(super) fn context(&mut self, number: u32) -> Result<Self, TimestampError> {
        self.constructed(context_tag(number), self.part)
    }

    pub(super) fn optional_context(
        &mut self,
        number: u32,
        part: &'static str,
    ) -> Result<Option<Self>, TimestampError> {
        let tag = context_tag(number);
        match self.next_is(tag) {
            true => self.constructed(tag, part).map(Some),
            false => Ok(None),
        }
    }

    /// Whether the next value has this tag.
    pub(super) fn next_is(&self, tag: Tag) -> bool {
        Tag::peek(&self.reader).is_ok_and(|next| next == tag)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.reader.is_finished()
    }

    /// Says no to fields that nobody read.
    pub(super) fn finish(&self) -> Result<(), TimestampError> {
        match self.is_finished() {
            true => Ok(()),
            false => Err(self.wrong("something follows its end")),
        }
    }

    /// An error in this part.
    pub(super) fn wrong(&self, why: &str) -> TimestampError {
        TimestampError::Form {
            part: self.part,
            why: why.to_owned(),
        }
    }

    fn constructed(&mut self, tag: Tag, part: &'static str) -> Result<Self, TimestampError> {
        let value = AnyRef::decode(&mut self.reader).map_err(|error| form(part, &error))?;
        let found = der::Tagged::tag(&value);
        found.assert_eq(tag).map_err(|error| form(part, &error))?;
        Self::inside(value.value(), part)
    }
}

pub(super) fn context_tag(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

fn form(part: &'static str, error: &der::Error) -> TimestampError {
    TimestampError::Form {
        part,
        why: error.to_string(),
    }
}
