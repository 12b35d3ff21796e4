//! Why a signed statement is refused.

use super::{MAX_ENVELOPE, MAX_SIGNATURES, PAYLOAD_TYPE};
use thiserror::Error;

/// Why an envelope or its statement is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DsseError {
    /// Likely no envelope at all.
    #[error("an envelope is at most {MAX_ENVELOPE} bytes long")]
    TooLong,
    /// Not the JSON of an envelope.
    #[error("not an envelope: {why}")]
    Envelope {
        /// The JSON reader's words, with line and column.
        why: String,
    },
    /// Something else was signed.
    #[error("the payload is of type {found:?}, not {PAYLOAD_TYPE}")]
    PayloadType {
        /// What the envelope says.
        found: String,
    },
    /// A cut or changed field.
    #[error("{field} of the envelope is not base64")]
    Base64 {
        /// Its path in the JSON.
        field: String,
    },
    /// More than are read.
    #[error("an envelope has at most {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// One signature too many.
    #[error("key {keyid} signed the envelope twice")]
    SignedTwice {
        /// The key.
        keyid: String,
    },
    /// Signed by others, or its key ids were changed.
    #[error("none of the known keys signed the envelope")]
    NoKnownKey,
    /// The payload or the signature was changed.
    #[error("the signature of key {keyid} does not hold: the payload or the signature was changed")]
    BadSignature {
        /// The key.
        keyid: String,
    },
    /// Signed, but not a statement.
    #[error("the payload is no statement: {why}")]
    Statement {
        /// The JSON reader's words, with line and column.
        why: String,
    },
    /// Another kind or version of statement.
    #[error("the statement is of type {found:?}, not {expected:?}")]
    StatementType {
        /// What it says.
        found: String,
        /// What is read here.
        expected: &'static str,
    },
    /// A statement about nothing, or about more than is read.
    #[error("a statement has 1 to {limit} subjects, not {found}")]
    Subjects {
        /// The most that are read.
        limit: usize,
        /// Its number of subjects.
        found: usize,
    },
    /// A changed or shortened digest.
    #[error("subject {name:?} has no SHA-256 of 64 lowercase hexadecimal digits")]
    Digest {
        /// The subject.
        name: String,
    },
    /// One name for two things.
    #[error("two subjects are named {name:?}")]
    TwoSubjects {
        /// The name.
        name: String,
    },
}
