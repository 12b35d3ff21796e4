//! Signed statements: an in-toto [`Statement`] in a DSSE [`Envelope`].
//!
//! What is signed is the pre-authentication encoding of the payload: its type and its bytes, each after its length. A reader
//! therefore verifies first and reads JSON afterwards.

mod error;
mod json;
mod statement;

pub use error::DsseError;
pub use statement::{Statement, Subject};

use crate::public_key::public_id;
use crate::text::{from_base64, to_base64};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// The type of every payload here.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The longest envelope that is read, in bytes.
pub const MAX_ENVELOPE: usize = 64 * 1024 * 1024;

/// The most signatures that are read.
pub const MAX_SIGNATURES: usize = 32;

/// A payload with its signatures, none of them checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopeSignature {
    /// The [`public_id`] of the key.
    pub keyid: String,
    /// 64 bytes for Ed25519.
    pub signature: Vec<u8>,
}

/// What an envelope says, and which of the known keys vouch for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The statement.
    pub statement: Statement,
    /// The keys that signed it, each once.
    pub signers: Vec<VerifyingKey>,
}

impl Envelope {
    /// Signs a statement.
    ///
    /// # Errors
    /// When the statement has no subject or is not of a length that can be read again.
    pub fn sign(statement: &Statement, key: &SigningKey) -> Result<Self, DsseError> {
        let payload = statement.to_json()?;
        // Base64 makes four bytes of three.
        if payload.len() > MAX_ENVELOPE / 2 {
            return Err(DsseError::TooLong);
        }
        let mut envelope = Self {
            payload,
            signatures: Vec::new(),
        };
        envelope.add_signature(key)?;
        Ok(envelope)
    }

    /// Adds the signature of one more key: a reviewer's beside the operator's.
    ///
    /// # Errors
    /// When the key signed already.
    pub fn add_signature(&mut self, key: &SigningKey) -> Result<(), DsseError> {
        let keyid = public_id(&key.verifying_key());
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(DsseError::TooManySignatures);
        }
        if self.signatures.iter().any(|known| known.keyid == keyid) {
            return Err(DsseError::SignedTwice { keyid });
        }
        let signature = key.sign(&pre_authentication_encoding(&self.payload));
        self.signatures.push(EnvelopeSignature {
            keyid,
            signature: signature.to_bytes().to_vec(),
        });
        Ok(())
    }

    /// Reads an envelope of JSON.
    ///
    /// # Errors
    /// When it is none: unknown or repeated fields, another payload type, base64 of another spelling.
    pub fn parse(bytes: &[u8]) -> Result<Self, DsseError> {
        if bytes.len() > MAX_ENVELOPE {
            return Err(DsseError::TooLong);
        }
        let form: Form = serde_json::from_slice(bytes).map_err(|error| DsseError::Envelope {
            why: error.to_string(),
        })?;
        if form.payload_type != PAYLOAD_TYPE {
            return Err(DsseError::PayloadType {
                found: form.payload_type.chars().take(100).collect(),
            });
        }
        if form.signatures.len() > MAX_SIGNATURES {
            return Err(DsseError::TooManySignatures);
        }
        let base64 =
            |text: &str, place: String| from_base64(text).ok_or(DsseError::Base64 { field: place });
        let mut signatures = Vec::new();
        for (at, line) in form.signatures.into_iter().enumerate() {
            signatures.push(EnvelopeSignature {
                signature: base64(&line.sig, format!("signatures[{at}].sig"))?,
                keyid: line.keyid,
            });
        }
        Ok(Self {
            payload: base64(&form.payload, "payload".to_owned())?,
            signatures,
        })
    }

    /// The envelope as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let signatures = self.signatures.iter().map(|line| FormSignature {
            keyid: line.keyid.clone(),
            sig: to_base64(&line.signature),
        });
        let form = Form {
            payload: to_base64(&self.payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: signatures.collect(),
        };
        serde_json::to_string(&form).expect("texts alone are always JSON")
    }

    /// The statement, where known keys signed it.
    ///
    /// A signature whose `keyid` is no known key's is passed over.
    ///
    /// # Errors
    /// When no known key signed it, a signature of one of them does not hold, or the payload is no statement.
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<Verified, DsseError> {
        let signed = pre_authentication_encoding(&self.payload);
        let known: Vec<_> = keys.iter().map(|key| (public_id(key), key)).collect();
        let mut signers = Vec::new();
        for line in &self.signatures {
            let Some((keyid, key)) = known.iter().find(|(id, _)| *id == line.keyid) else {
                continue;
            };
            let signature = Signature::from_slice(&line.signature);
            if !signature.is_ok_and(|signature| key.verify_strict(&signed, &signature).is_ok()) {
                let keyid = keyid.clone();
                return Err(DsseError::BadSignature { keyid });
            }
            if signers.contains(*key) {
                let keyid = keyid.clone();
                return Err(DsseError::SignedTwice { keyid });
            }
            signers.push(**key);
        }
        match signers.is_empty() {
            true => Err(DsseError::NoKnownKey),
            false => Ok(Verified {
                statement: Statement::parse(&self.payload)?,
                signers,
            }),
        }
    }

    /// The signatures.
    #[must_use]
    pub fn signatures(&self) -> &[EnvelopeSignature] {
        &self.signatures
    }
}

/// The bytes that are signed: `DSSEv1`, the type and the payload, each of the two after its length in decimal.
#[must_use]
pub fn pre_authentication_encoding(payload: &[u8]) -> Vec<u8> {
    let (kind, length) = (PAYLOAD_TYPE.len(), payload.len());
    let mut bytes = format!("DSSEv1 {kind} {PAYLOAD_TYPE} {length} ").into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<FormSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormSignature {
    keyid: String,
    sig: String,
}
