//! The text of a key file: comment lines, then one line `hallmark-root-1:HEX:CHECKSUM` (or
//! `hallmark-cohort-1`). Reading and writing files, and their permissions, are the caller's.

use super::{CohortKey, ForeignKey, ForeignKeyError, KEY_BYTES, PublicId, RootKey};
use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// What a key file may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// The root of a hierarchy.
    Root,
    /// One cohort in one epoch.
    Cohort,
}

/// The text of a key file; wiped when dropped.
pub type SecretText = Zeroizing<String>;

/// A key read from a key file.
#[derive(Clone)]
pub enum KeyFile {
    /// The root of a hierarchy.
    Root(RootKey),
    /// One cohort in one epoch.
    Cohort(CohortKey),
}

impl KeyFile {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// Says what is wrong and on which line, never what the line holds.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let (number, line) = key_line(text)?;
        if ForeignKey::parse(line).is_some() {
            return Err(KeyFileError::Foreign { line: number });
        }
        let (kind, rest) = KeyKind::ALL
            .into_iter()
            .find_map(|kind| Some((kind, line.strip_prefix(kind.tag())?.strip_prefix(':')?)))
            .ok_or(KeyFileError::UnknownKind { line: number })?;
        let (hex, check) = rest
            .split_once(':')
            .ok_or(KeyFileError::Malformed { line: number })?;
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        if !decode_hex(hex, &mut bytes[..]) {
            return Err(KeyFileError::Malformed { line: number });
        }
        let mut found = [0; CHECKSUM_BYTES];
        if !decode_hex(check, &mut found) {
            return Err(KeyFileError::Malformed { line: number });
        }
        if !bool::from(found.ct_eq(&checksum(kind, &bytes))) {
            return Err(KeyFileError::Checksum { line: number });
        }
        Ok(match kind {
            KeyKind::Root => Self::Root(RootKey(*bytes)),
            KeyKind::Cohort => Self::Cohort(CohortKey(*bytes)),
        })
    }

    /// The text of a key file for this key, under the given comments (one line each).
    #[must_use]
    pub fn to_text(&self, comments: &[String]) -> SecretText {
        let (kind, bytes) = match self {
            Self::Root(key) => (KeyKind::Root, &key.0),
            Self::Cohort(key) => (KeyKind::Cohort, &key.0),
        };
        // Room for everything, so that no growth leaves a copy behind.
        let room = comments
            .iter()
            .map(|comment| comment.len() + 3)
            .sum::<usize>()
            + 256;
        let mut text = Zeroizing::new(String::with_capacity(room));
        for comment in comments {
            text.push_str("# ");
            text.extend(comment.chars().filter(|c| !c.is_control()));
            text.push('\n');
        }
        text.push_str(&format!("# public id: {}\n", self.public_id()));
        text.push_str(kind.tag());
        text.push(':');
        push_hex(&mut text, bytes);
        text.push(':');
        push_hex(&mut text, &checksum(kind, bytes));
        text.push('\n');
        text
    }

    /// What the file holds.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match self {
            Self::Root(_) => KeyKind::Root,
            Self::Cohort(_) => KeyKind::Cohort,
        }
    }

    /// The public id of the key in the file.
    #[must_use]
    pub fn public_id(&self) -> PublicId {
        match self {
            Self::Root(key) => key.public_id(),
            Self::Cohort(key) => key.public_id(),
        }
    }

    /// The cohort key that marks and detects: the cohort's own, or the default one of a root.
    #[must_use]
    pub fn marking_key(&self) -> CohortKey {
        match self {
            Self::Root(key) => key.default_cohort(),
            Self::Cohort(key) => key.clone(),
        }
    }
}

/// A key file of this project, or of another engine.
#[derive(Clone)]
pub enum AnyKey {
    /// A root or cohort key.
    Native(KeyFile),
    /// Another engine's key.
    Foreign(ForeignKey),
}

impl AnyKey {
    /// Reads the text of a key file of either kind.
    ///
    /// # Errors
    /// Says what is wrong and on which line, never what the line holds.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let (line, key) = key_line(text)?;
        match ForeignKey::parse(key) {
            Some(Ok(key)) => Ok(Self::Foreign(key)),
            Some(Err(error)) => Err(KeyFileError::Number { line, error }),
            None => KeyFile::parse(text).map(Self::Native),
        }
    }

    /// The public id of the key that detects: for a root key, that of its default cohort.
    #[must_use]
    pub fn public_id(&self) -> PublicId {
        match self {
            Self::Native(key) => key.marking_key().public_id(),
            Self::Foreign(key) => key.public_id(),
        }
    }
}

/// The only line that is neither blank nor a comment, and its number.
fn key_line(text: &str) -> Result<(usize, &str), KeyFileError> {
    let mut key_line = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if key_line.replace((index + 1, line)).is_some() {
            return Err(KeyFileError::SecondKey { line: index + 1 });
        }
    }
    key_line.ok_or(KeyFileError::NoKey)
}

impl KeyKind {
    const ALL: [Self; 2] = [Self::Root, Self::Cohort];

    fn tag(self) -> &'static str {
        match self {
            Self::Root => "hallmark-root-1",
            Self::Cohort => "hallmark-cohort-1",
        }
    }
}

/// Why a key file cannot be read. No variant holds any of its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Only comments and blank lines: perhaps a public note was passed instead of the key.
    #[error("the file holds no key line")]
    NoKey,
    /// Two files joined, most likely.
    #[error("line {line} is a second key line; a key file holds one")]
    SecondKey {
        /// Line number, from 1.
        line: usize,
    },
    /// Not a key file of this tool, or of a later version of it.
    #[error(
        "line {line} is not a key of a known kind (hallmark-root-1, hallmark-cohort-1; of other engines integer, integers, hex)"
    )]
    UnknownKind {
        /// Line number, from 1.
        line: usize,
    },
    /// Cut or edited.
    #[error("line {line} is not KIND:64 hexadecimal digits:8 hexadecimal digits")]
    Malformed {
        /// Line number, from 1.
        line: usize,
    },
    /// Another engine's key where one of this project's is needed.
    #[error("the key on line {line} is another engine's, and only native keys do here")]
    Foreign {
        /// Line number, from 1.
        line: usize,
    },
    /// Another engine's key that cannot be read.
    #[error("line {line} {error}")]
    Number {
        /// Line number, from 1.
        line: usize,
        /// What is wrong.
        error: ForeignKeyError,
    },
    /// A digit was changed.
    #[error("the key on line {line} does not match its checksum")]
    Checksum {
        /// Line number, from 1.
        line: usize,
    },
}

const CHECKSUM_BYTES: usize = 4;

fn checksum(kind: KeyKind, key: &[u8; KEY_BYTES]) -> [u8; CHECKSUM_BYTES] {
    let digest = Sha256::new()
        .chain_update(b"hallmark key file checksum v1:")
        .chain_update(kind.tag())
        .chain_update(key)
        .finalize();
    let mut check = [0; CHECKSUM_BYTES];
    check.copy_from_slice(&digest[..CHECKSUM_BYTES]);
    check
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
    }
}

/// Fills `out` from exactly `2 * out.len()` digits; wipes it and says no otherwise.
fn decode_hex(digits: &str, out: &mut [u8]) -> bool {
    let digits = digits.as_bytes();
    let ok = digits.len() == 2 * out.len()
        && digits
            .chunks_exact(2)
            .zip(out.iter_mut())
            .all(|(pair, byte)| {
                let digit = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
                match (digit(pair[0]), digit(pair[1])) {
                    (Some(high), Some(low)) => {
                        *byte = high << 4 | low;
                        true
                    }
                    _ => false,
                }
            });
    if !ok {
        out.zeroize();
    }
    ok
}
