//! Keys that notes are verified with.

use super::error::NoteError;
use super::name::{MAX_NAME, is_name};
use super::signature::NoteSignature;
use crate::text::{from_base64, from_hex, to_base64, to_hex};
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use std::fmt::{self, Display};
use std::str::FromStr;

/// The kind of an Ed25519 signature over a note's text.
const ED25519: u8 = 1;

/// A named Ed25519 key; its text is `name+hash+base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
    id: [u8; 4],
}

impl VerifierKey {
    /// Gives a key its name, best one that looks like an address: `log.example/evidence`.
    ///
    /// # Errors
    /// When it cannot be one, or the key is weak: one that any text seems to be signed with.
    pub fn new(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::KeyName {
                name: name.chars().take(MAX_NAME).collect(),
            });
        }
        if key.is_weak() {
            return Err(NoteError::Key {
                name: name.to_owned(),
            });
        }
        Ok(Self {
            name: name.to_owned(),
            id: id(name, &key),
            key,
        })
    }

    /// Its name; for a log, the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256(name, line feed, kind, key).
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Whether the line says that this key made it.
    pub(super) fn is_of(&self, line: &NoteSignature) -> bool {
        self.name == line.name && self.id == line.id
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        // Base64 may hold a plus; a name and a hash may not.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(base64)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(NoteError::KeyForm);
        };
        if !is_name(name) {
            return Err(NoteError::KeyForm);
        }
        let name_of = || name.to_owned();
        let hash = from_hex::<4>(hash).ok_or(NoteError::KeyForm)?;
        // 33 bytes are 44 characters; a longer text is not looked at.
        let bytes = (base64.len() == 44).then(|| from_base64(base64)).flatten();
        let bytes = bytes.ok_or_else(|| NoteError::Key { name: name_of() })?;
        let (kind, key) = bytes.split_first().ok_or(NoteError::KeyForm)?;
        if *kind != ED25519 {
            let (name, kind) = (name_of(), *kind);
            return Err(NoteError::KeyKind { name, kind });
        }
        let key = VerifyingKey::try_from(key).map_err(|_| NoteError::Key { name: name_of() })?;
        let known = Self::new(name, key)?;
        match known.id == hash {
            true => Ok(known),
            false => Err(NoteError::KeyHash { name: name_of() }),
        }
    }
}

impl Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[ED25519][..], self.key.as_bytes()].concat();
        let hash = to_hex(&self.id);
        write!(f, "{}+{hash}+{}", self.name, to_base64(&bytes))
    }
}

fn id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ED25519])
        .chain_update(key.as_bytes())
        .finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}
