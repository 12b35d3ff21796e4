//! Why a timestamp is refused.

use super::limits::MAX_TOKEN;
use super::time::Time;
use thiserror::Error;

/// Why a token or a root is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// Likely no token at all.
    #[error("a token is at most {MAX_TOKEN} bytes long")]
    TooLong,
    /// Bytes that are not the DER of what belongs there: a cut or changed file.
    #[error("{part} of the timestamp cannot be read: {why}")]
    Form {
        /// What was being read.
        part: &'static str,
        /// Why that failed.
        why: String,
    },
    /// Not a certificate in PEM or DER.
    #[error("no certificate: {why}")]
    Certificate {
        /// Why that failed.
        why: String,
    },
    /// The authority stamped nothing.
    #[error("the authority declined with status {status}: {words}")]
    Declined {
        /// Its number, in hexadecimal digits.
        status: String,
        /// The authority's own words.
        words: String,
    },
    /// The token is of another file.
    #[error("the timestamp is of another digest")]
    OtherDigest,
    /// Requests of this project ask with SHA-256.
    #[error("the timestamp is over a digest of algorithm {oid}, not SHA-256")]
    DigestKind {
        /// The algorithm.
        oid: String,
    },
    /// The token was asked for without its certificates.
    #[error(
        "the certificate of the authority that signed is neither in the timestamp nor the root"
    )]
    NoCertificate,
    /// The signature covers something else.
    #[error("signed attributes of the timestamp: {what}")]
    Attributes {
        /// Which, and why.
        what: &'static str,
    },
    /// An algorithm that is unknown here or too weak.
    #[error("signature of {by}: {why}")]
    Algorithm {
        /// Whose signature it is.
        by: String,
        /// The algorithm or key, and why it is refused.
        why: String,
    },
    /// The timestamp or a certificate was changed.
    #[error("the signature by {by} over {over} does not hold")]
    BadSignature {
        /// Whose signature it is.
        by: String,
        /// What is signed.
        over: String,
    },
    /// A certificate that is for something else.
    #[error("the certificate of {subject} {why}")]
    Usage {
        /// Its name.
        subject: String,
        /// What it may not do.
        why: String,
    },
    /// Stamped before the certificate was made or after it ran out.
    #[error("the certificate of {subject} was not valid at {time}")]
    NotValidThen {
        /// Its name.
        subject: String,
        /// The stamped time.
        time: Time,
    },
    /// Another root's authority, or a certificate between them is not in the token.
    #[error("no certificates lead from {subject} to the root {root}")]
    NoPath {
        /// The authority.
        subject: String,
        /// The trusted root.
        root: String,
    },
}
