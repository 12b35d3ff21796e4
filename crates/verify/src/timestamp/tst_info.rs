//! What a timestamp says (RFC 3161, section 2.4.2).

use super::read::{Fields, context_tag, oid};
use super::{Time, TimestampError};
use der::asn1::AnyRef;
use der::{Tag, TagNumber, Tagged};
use std::time::Duration;

/// `id-ct-TSTInfo` (RFC 3161, section 2.4.2).
pub(super) const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// `id-sha256` (RFC 5754, section 2.2).
pub(super) const SHA256: &str = "2.16.840.1.101.3.4.2.1";

/// The longest serial number or nonce that is read, in bytes; RFC 3161 asks for 20.
const MAX_NUMBER: usize = 64;

/// The content of a token.
#[derive(Clone, Debug)]
pub(super) struct TstInfo {
    pub(super) policy: String,
    pub(super) sha256: [u8; 32],
    pub(super) serial: Vec<u8>,
    pub(super) time: Time,
    pub(super) accuracy: Option<Duration>,
    pub(super) nonce: Option<Vec<u8>>,
}

impl TstInfo {
    pub(super) fn parse(der: &[u8]) -> Result<Self, TimestampError> {
        let mut fields = Fields::of_sequence(der, "the content")?;
        if fields.integer()? != [1] {
            return Err(fields.wrong("it is not of version 1"));
        }
        let policy = fields.oid()?.to_string();
        let sha256 = imprint(fields.sequence("the digest")?)?;
        let serial = number(&mut fields)?;
        let time: AnyRef<'_> = fields.decode()?;
        let is_time = time.tag() == Tag::GeneralizedTime;
        let time = Time::parse(time.value()).filter(|_| is_time);
        let time = time.ok_or_else(|| fields.wrong("its time is none of RFC 3161"))?;
        let accuracy = match fields.next_is(Tag::Sequence) {
            true => Some(accuracy(fields.sequence("the accuracy")?)?),
            false => None,
        };
        // Whether tokens of this authority are ordered says nothing about one of them.
        fields.optional::<bool>(Tag::Boolean)?;
        let nonce = match fields.next_is(Tag::Integer) {
            true => Some(number(&mut fields)?),
            false => None,
        };
        fields.optional_context(0, "the authority's name")?;
        if fields.next_is(context_tag(1)) {
            refuse_critical(fields.context(1)?)?;
        }
        fields.finish()?;
        Ok(Self {
            policy,
            sha256,
            serial,
            time,
            accuracy,
            nonce,
        })
    }
}

fn imprint(mut fields: Fields<'_>) -> Result<[u8; 32], TimestampError> {
    let algorithm = fields.sequence("the digest's algorithm")?.oid()?;
    if algorithm != oid(SHA256) {
        return Err(TimestampError::DigestKind {
            oid: algorithm.to_string(),
        });
    }
    let digest = fields.octets()?.try_into();
    fields.finish()?;
    digest.map_err(|_| fields.wrong("it is not 32 bytes long"))
}

/// A number that is not negative, without leading zeros.
fn number(fields: &mut Fields<'_>) -> Result<Vec<u8>, TimestampError> {
    let bytes = fields.integer()?;
    match bytes {
        _ if bytes.len() > MAX_NUMBER => Err(fields.wrong("a number in it is too long")),
        [128..=255, ..] => Err(fields.wrong("a number in it is negative")),
        [0, rest @ ..] if !rest.is_empty() => Ok(rest.to_vec()),
        _ => Ok(bytes.to_vec()),
    }
}

fn accuracy(mut fields: Fields<'_>) -> Result<Duration, TimestampError> {
    let seconds: u32 = fields.optional(Tag::Integer)?.unwrap_or(0);
    let mut thousandths = |number| -> Result<u64, TimestampError> {
        let tag = Tag::ContextSpecific {
            constructed: false,
            number: TagNumber(number),
        };
        let Some(value) = fields.optional::<AnyRef<'_>>(tag)? else {
            return Ok(0);
        };
        match *value.value() {
            [low @ 0..128] => Ok(u64::from(low)),
            [high @ 0..4, low] => Ok(u64::from(high) << 8 | u64::from(low)),
            _ => Err(fields.wrong("it is not 1 to 999 thousandths")),
        }
    };
    let milliseconds = thousandths(0)?;
    let microseconds = thousandths(1)?;
    fields.finish()?;
    Ok(Duration::from_secs(seconds.into())
        + Duration::from_micros(milliseconds * 1000 + microseconds))
}

/// Says no to an extension that must be understood: none is.
fn refuse_critical(mut extensions: Fields<'_>) -> Result<(), TimestampError> {
    while !extensions.is_finished() {
        let mut extension = extensions.sequence("an extension")?;
        extension.oid()?;
        if extension.optional(Tag::Boolean)?.unwrap_or(false) {
            return Err(extension.wrong("it is critical, and none is known here"));
        }
        extension.octets()?;
        extension.finish()?;
    }
    Ok(())
}
