//! The one who signed a token, and what exactly was signed (RFC 5652, sections 5.3 and 5.4).

use super::algorithm::{Hash, Scheme, verify};
use super::certificate::Certificate;
use super::error::TimestampError;
use super::read::{Fields, context_tag, oid};
use super::tst_info::TST_INFO;
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Tag, TagNumber, Tagged};
use sha1::Sha1;
use sha2::Digest;

/// RFC 5652, section 11, and RFC 5035, section 3: attributes that a timestamp's signature must cover.
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

/// The first byte of a SET.
const SET: u8 = 0x31;

/// The most attributes that are read.
const MAX_ATTRIBUTES: usize = 32;

/// A signature over attributes, one of which is the digest of the content.
#[derive(Clone, Debug)]
pub(super) struct SignerInfo {
    id: SignerId,
    digest: ObjectIdentifier,
    /// In DER, as a SET.
    attributes: Vec<u8>,
    algorithm: ObjectIdentifier,
    signature: Vec<u8>,
}

#[derive(Clone, Debug)]
enum SignerId {
    /// Both in DER.
    IssuerAndSerial(Vec<u8>, Vec<u8>),
    KeyId(Vec<u8>),
}

/// The attributes that matter here.
struct Attributes<'a> {
    content_type: ObjectIdentifier,
    message_digest: &'a [u8],
    /// Of the signer's certificate, with the digest's algorithm; nothing stands for SHA-1.
    certificates: Vec<(Option<Hash>, &'a [u8])>,
}

impl SignerInfo {
    pub(super) fn parse(mut fields: Fields<'_>) -> Result<Self, TimestampError> {
        fields.integer()?;
        let id = if fields.next_is(Tag::Sequence) {
            let mut id = fields.sequence("the signer's name")?;
            let (issuer, serial) = (id.any()?.to_vec(), id.any()?.to_vec());
            id.finish()?;
            SignerId::IssuerAndSerial(issuer, serial)
        } else {
            let id: AnyRef<'_> = fields.decode()?;
            let expected = Tag::ContextSpecific {
                constructed: false,
                number: TagNumber(0),
            };
            if id.tag() != expected {
                return Err(fields.wrong("it names no certificate"));
            }
            SignerId::KeyId(id.value().to_vec())
        };
        let digest = fields.sequence("the signer's digest")?.oid()?;
        if !fields.next_is(context_tag(0)) {
            return Err(fields.wrong("it has no signed attributes"));
        }
        // Stored under a tag of their own, the attributes are signed as the SET that they are.
        let mut attributes = fields.any()?.to_vec();
        if let Some(tag) = attributes.first_mut() {
            *tag = SET;
        }
        let algorithm = fields.sequence("the signer's algorithm")?.oid()?;
        let signature = fields.octets()?.to_vec();
        fields.optional_context(1, "the unsigned attributes")?;
        fields.finish()?;
        Ok(Self {
            id,
            digest,
            attributes,
            algorithm,
            signature,
        })
    }

    /// Whether the certificate is the one that it names.
    pub(super) fn is_of(&self, certificate: &Certificate) -> bool {
        match &self.id {
            SignerId::IssuerAndSerial(issuer, serial) => certificate.is_of(issuer, serial),
            SignerId::KeyId(id) => certificate.has_key_id(id),
        }
    }

    /// Verifies that the holder of the certificate signed the content.
    pub(super) fn verify(
        &self,
        content: &[u8],
        certificate: &Certificate,
    ) -> Result<(), TimestampError> {
        let by = certificate.subject();
        let Some(hash) = Hash::of(&self.digest) else {
            let why = format!("its digest {} is not one of those known here", self.digest);
            return Err(TimestampError::Algorithm { by, why });
        };
        let wrong = |what| Err(TimestampError::Attributes { what });
        let attributes = Attributes::parse(&self.attributes)?;
        if attributes.content_type != oid(TST_INFO) {
            return wrong("they are those of something else than a timestamp");
        }
        if attributes.message_digest != hash.digest(content) {
            return wrong("their digest is not that of the content");
        }
        if attributes.certificates.is_empty() {
            return wrong("they do not name the certificate that signs");
        }
        for (hash, digest) in attributes.certificates {
            let found = match hash {
                None => Sha1::digest(&certificate.der).to_vec(),
                Some(hash) => hash.digest(&certificate.der),
            };
            if found != digest {
                return wrong("they name another certificate");
            }
        }
        let key = certificate.public_key()?;
        let scheme = Scheme::of(&self.algorithm, Some(hash));
        let over = "the timestamp";
        verify(&key, scheme, &self.attributes, &self.signature, &by, over)
    }
}

impl<'a> Attributes<'a> {
    fn parse(der: &'a [u8]) -> Result<Self, TimestampError> {
        let wrong = |what| TimestampError::Attributes { what };
        let mut set = Fields::of_set(der, "the signed attributes")?;
        let (mut content_type, mut message_digest) = (None, None);
        let mut certificates = Vec::new();
        let mut seen = Vec::new();
        while !set.is_finished() {
            let mut attribute = set.sequence("a signed attribute")?;
            let kind = attribute.oid()?;
            let mut values = attribute.set("a signed attribute")?;
            attribute.finish()?;
            if seen.contains(&kind) || seen.len() == MAX_ATTRIBUTES {
                return Err(wrong("one of them is there twice, or there are too many"));
            }
            seen.push(kind);
            if kind == oid(CONTENT_TYPE) {
                content_type = Some(values.oid()?);
            } else if kind == oid(MESSAGE_DIGEST) {
                message_digest = Some(values.octets()?);
            } else if kind == oid(SIGNING_CERTIFICATE) {
                certificates.push(signing_certificate(&mut values, false)?);
            } else if kind == oid(SIGNING_CERTIFICATE_V2) {
                certificates.push(signing_certificate(&mut values, true)?);
            } else {
                continue;
            }
            values.finish()?;
        }
        Ok(Self {
            content_type: content_type.ok_or(wrong("the content's type is missing"))?,
            message_digest: message_digest.ok_or(wrong("the content's digest is missing"))?,
            certificates,
        })
    }
}

/// The digest of the certificate that signs, which is the first of the list (RFC 5035, sections 3 and 4).
fn signing_certificate<'a>(
    values: &mut Fields<'a>,
    second_version: bool,
) -> Result<(Option<Hash>, &'a [u8]), TimestampError> {
    let mut signing = values.sequence("the signing certificate")?;
    let mut list = signing.sequence("the signing certificate")?;
    let mut first = list.sequence("the signing certificate")?;
    let hash = match second_version {
        false => None,
        true if first.next_is(Tag::Sequence) => {
            let algorithm = first.sequence("the signing certificate")?.oid()?;
            let unknown = || first.wrong("its digest is not one of those known here");
            Some(Hash::of(&algorithm).ok_or_else(unknown)?)
        }
        true => Some(Hash::Sha256),
    };
    Ok((hash, first.octets()?))
}
