//! Signed notes: a text, a blank line, and one line for each signature (C2SP `signed-note`).
//!
//! ```text
//! log.example/evidence
//! 3
//! IDtkeOyBIJAuRvdsFwlPDJWL5C5sWl2b+mgQ3bwkoWA=
//!
//! — log.example/evidence 0LGr5…
//! ```
//!
//! Only Ed25519 signatures are known here; lines of other keys, such as witnesses, are kept and not judged.

mod error;
mod key;
mod limits;
mod name;
mod signature;

pub use error::NoteError;
pub use key::VerifierKey;
pub use limits::{MAX_NOTE, MAX_SIGNATURES};
pub use signature::NoteSignature;

use ed25519_dalek::{Signature, Signer, SigningKey};
use std::fmt::{self, Display};

/// A text with its signatures, none of them checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// A note without signatures.
    ///
    /// # Errors
    /// When the text does not end its last line, is too long or holds a control character.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        refuse_long(text.len())?;
        refuse_control(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::OpenLine);
        }
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// When it is no note: the error says which line is why.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        refuse_long(bytes.len())?;
        let whole = str::from_utf8(bytes).map_err(|error| NoteError::NotUtf8 {
            byte: error.valid_up_to(),
        })?;
        refuse_control(whole)?;
        if !whole.ends_with('\n') {
            return Err(NoteError::OpenLine);
        }
        // The text ends at the last empty line.
        let end = whole.rfind("\n\n").ok_or(NoteError::NoSignature)? + 1;
        let (text, rest) = whole.split_at(end);
        let first = 2 + text.matches('\n').count();
        let mut signatures = Vec::new();
        for (at, line) in rest[1..].lines().enumerate() {
            if at == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let signature =
                NoteSignature::parse(line).ok_or(NoteError::SignatureLine { line: first + at })?;
            signatures.push(signature);
        }
        match signatures.is_empty() {
            true => Err(NoteError::NoSignature),
            false => Ok(Self {
                text: text.to_owned(),
                signatures,
            }),
        }
    }

    /// Adds the signature of one more key.
    ///
    /// # Errors
    /// When the name cannot be one of a key, or the key signed already.
    pub fn sign(&mut self, name: &str, key: &SigningKey) -> Result<(), NoteError> {
        let public = VerifierKey::new(name, key.verifying_key())?;
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        if self.signatures.iter().any(|line| public.is_of(line)) {
            return Err(NoteError::SignedTwice {
                name: name.to_owned(),
            });
        }
        self.signatures.push(NoteSignature {
            name: name.to_owned(),
            id: public.id(),
            signature: key.sign(self.text.as_bytes()).to_bytes().to_vec(),
        });
        Ok(())
    }

    /// The known keys that signed the note, each once, in the order of the signature lines.
    ///
    /// Lines of other keys are passed over, as the specification asks.
    ///
    /// # Errors
    /// When none of them signed it, or a signature of one of them does not hold.
    pub fn verify<'a>(&self, keys: &'a [VerifierKey]) -> Result<Vec<&'a VerifierKey>, NoteError> {
        let mut signers = Vec::<&VerifierKey>::new();
        for line in &self.signatures {
            let Some(key) = keys.iter().find(|key| key.is_of(line)) else {
                continue;
            };
            let holds = Signature::from_slice(&line.signature).is_ok_and(|signature| {
                let text = self.text.as_bytes();
                key.key().verify_strict(text, &signature).is_ok()
            });
            if !holds {
                return Err(NoteError::BadSignature {
                    name: line.name.clone(),
                });
            }
            if signers.contains(&key) {
                return Err(NoteError::SignedTwice {
                    name: line.name.clone(),
                });
            }
            signers.push(key);
        }
        match signers.is_empty() {
            true => Err(NoteError::NoKnownKey {
                names: self.names(),
            }),
            false => Ok(signers),
        }
    }

    /// The signed text, the end of its last line included. Trust it after [`Note::verify`] alone.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.signatures.iter().map(|line| &*line.name).collect();
        names.join(", ")
    }
}

impl Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.signatures {
            line.write(f)?;
        }
        Ok(())
    }
}

fn refuse_long(bytes: usize) -> Result<(), NoteError> {
    match bytes > MAX_NOTE {
        true => Err(NoteError::TooLong),
        false => Ok(()),
    }
}

fn refuse_control(text: &str) -> Result<(), NoteError> {
    let control = |byte: u8| byte < b' ' && byte != b'\n';
    match text.bytes().position(control) {
        None => Ok(()),
        Some(at) => Err(NoteError::Control {
            line: 1 + text.as_bytes()[..at]
                .iter()
                .filter(|b| **b == b'\n')
                .count(),
        }),
    }
}
