//! Signature lines of notes.

use super::name::is_name;
use crate::text::{from_base64, to_base64};
use std::fmt;

/// What a signature line begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The first bytes of the key's digest, which tell keys of one name apart.
    pub id: [u8; 4],
    /// The signature; 64 bytes for Ed25519.
    pub signature: Vec<u8>,
}

impl NoteSignature {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = from_base64(base64)?;
        let (id, signature) = bytes.split_first_chunk()?;
        (is_name(name) && !signature.is_empty()).then(|| Self {
            name: name.to_owned(),
            id: *id,
            signature: signature.to_owned(),
        })
    }

    /// Writes the line that [`NoteSignature::parse`] reads, with its end.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id[..], &self.signature].concat();
        writeln!(f, "{DASH}{} {}", self.name, to_base64(&bytes))
    }
}
