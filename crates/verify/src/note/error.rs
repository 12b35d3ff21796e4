//! Why a note or a key of one is refused.

use super::limits::{MAX_NOTE, MAX_SIGNATURES};
use thiserror::Error;

/// Why a note or the text of a verifier key is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Likely no note at all.
    #[error("a note is at most {MAX_NOTE} bytes long")]
    TooLong,
    /// Likely a binary file.
    #[error("byte {byte} of the note is not UTF-8")]
    NotUtf8 {
        /// From 0.
        byte: usize,
    },
    /// Line ends of another system, perhaps.
    #[error("line {line} of the note holds a control character")]
    Control {
        /// From 1.
        line: usize,
    },
    /// The note was cut.
    #[error("the note's last line does not end")]
    OpenLine,
    /// The text alone, or a note whose blank line is gone.
    #[error("no signature line follows a blank line")]
    NoSignature,
    /// A changed or cut signature line.
    #[error("line {line} of the note is no signature: a dash, a key name and base64 are expected")]
    SignatureLine {
        /// From 1.
        line: usize,
    },
    /// More lines than are read.
    #[error("a note has at most {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// The note is signed by others, or its key line was changed.
    #[error("none of the known keys signed the note, which names {names}")]
    NoKnownKey {
        /// Names of the signature lines.
        names: String,
    },
    /// The text or the signature was changed.
    #[error("the signature of {name} does not hold: the text or the signature was changed")]
    BadSignature {
        /// Name of the key.
        name: String,
    },
    /// One line too many.
    #[error("{name} signed the note twice with the same key")]
    SignedTwice {
        /// Name of the key.
        name: String,
    },
    /// A name with a blank or a plus, or none.
    #[error(
        "{name:?} cannot name a key: one to 256 bytes without blanks, control characters or `+`"
    )]
    KeyName {
        /// What was given.
        name: String,
    },
    /// Not of the form `name+hash+base64`.
    #[error("a verifier key is written name+hash+base64, the hash in eight hexadecimal digits")]
    KeyForm,
    /// A key of another kind of signature.
    #[error("the verifier key of {name} is of kind {kind}; only Ed25519, kind 1, is known")]
    KeyKind {
        /// Name of the key.
        name: String,
        /// The first byte of the base64.
        kind: u8,
    },
    /// A changed or cut key.
    #[error("the verifier key of {name} is no Ed25519 key")]
    Key {
        /// Name of the key.
        name: String,
    },
    /// A changed name, hash or key.
    #[error("the hash in the verifier key of {name} is not that of its name and key")]
    KeyHash {
        /// Name of the key.
        name: String,
    },
}
