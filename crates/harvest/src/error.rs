//! What can go wrong with an index: what, where, why, and what to do next.

use crate::digest::Sha256Digest;
use crate::limits::{FORMAT_VERSION, MAX_WINDOW};
use hallmark_core::cells::TokenId;
use std::io;
use std::path::{Path, PathBuf};

/// Why an index could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HarvestError {
    /// A window length that no mark has.
    #[error(
        "a window of {window} tokens: an index counts windows of 1 to {}",
        MAX_WINDOW
    )]
    Window {
        /// The length asked for.
        window: usize,
    },
    /// Not an id of a vocabulary that a mark can address.
    #[error(
        "token id {token} is above the largest that a mark takes, {}",
        hallmark_core::prf::ChaCha12::MAX_TOKEN
    )]
    Token {
        /// The id.
        token: TokenId,
    },
    /// The system does not give the memory that the limits allow.
    #[error("{bytes} bytes of memory are not to be had")]
    Memory {
        /// What was asked for.
        bytes: u64,
    },
    /// A file could not be made, written or read: disk full, no permission, no such folder.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no index, or not the one that was written.
    #[error("{}: {damage}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        damage: Damage,
    },
}

/// What is wrong with a file that should be an index.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// Another kind of file.
    #[error("this is no harvest index")]
    Magic,
    /// Written by a later version of this program, most likely.
    #[error(
        "harvest index version {found}; this program reads versions 1 to {}",
        FORMAT_VERSION
    )]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// Cut off, or something was added.
    #[error("{found} bytes long; its header says {expected}")]
    Length {
        /// Bytes that the header's numbers make.
        expected: u128,
        /// Bytes in the file.
        found: u64,
    },
    /// A value that no index has.
    #[error("damaged: {what}")]
    Value {
        /// Which, and how.
        what: &'static str,
    },
    /// The content is not what was written.
    #[error("damaged: the content's SHA-256 is {found}; {expected} was written")]
    Digest {
        /// The digest at the end of the file.
        expected: Sha256Digest,
        /// The digest of the content.
        found: Sha256Digest,
    },
}

impl HarvestError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the file is not what it was declared to be, rather than missing or out of reach.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { damage, .. } if !matches!(damage, Damage::Magic | Damage::Version { .. }))
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Window { .. } => "give the window of the profile under which the text was marked",
            Self::Token { .. } => "check that the token ids are those of the profile's tokenizer",
            Self::Memory { .. } => {
                "allow less memory; what does not fit goes to the scratch folder"
            }
            Self::Io { .. } => {
                "check the path, its permissions and the space left, also in the scratch folder"
            }
            Self::Damaged { damage, .. } => match damage {
                Damage::Magic => "give a file that `hallmark index make` wrote",
                Damage::Version { .. } => {
                    "use the version of hallmark that wrote it, or make it anew"
                }
                _ => "copy the file again from where it was made, or make it anew",
            },
        }
    }
}
