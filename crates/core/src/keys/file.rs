//! The text of a key file: comment lines, then one line `hallmark-root-1:HEX:CHECKSUM` (or
//! `hallmark-cohort-1`; of another engine `integer:`, `integers:` or `hex:`). Reading and writing files, and their permissions, are the caller's.

use super::{
    CohortKey, ForeignKey, ForeignKeyError, KEY_BYTES, Key, MAX_NUMBERS, PublicId, RootKey,
};
use alloc::format;
use alloc::string::String;
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
    /// Another engine's key.
    Foreign(ForeignKey),
}

impl KeyFile {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// Says what is wrong and on which line, never what the line holds.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let (number, line) = key_line(text)?;
        if let Some(foreign) = ForeignKey::parse(line) {
            let number = |error| KeyFileError::Number {
                line: number,
                error,
            };
            return foreign.map(Self::Foreign).map_err(number);
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
        // Room for everything, so that no growth leaves a copy behind.
        let room = comments
            .iter()
            .map(|comment| comment.len() + 3)
            .sum::<usize>()
            + MAX_LINE;
        let mut text = Zeroizing::new(String::with_capacity(room));
        for comment in comments {
            text.push_str("# ");
            text.extend(comment.chars().filter(|c| !c.is_control()));
            text.push('\n');
        }
        text.push_str(&format!("# public id: {}\n", self.public_id()));
        match self {
            Self::Root(key) => push_line(&mut text, KeyKind::Root, &key.0),
            Self::Cohort(key) => push_line(&mut text, KeyKind::Cohort, &key.0),
            Self::Foreign(key) => key.push_line(&mut text),
        }
        text.push('\n');
        text
    }

    /// What the file holds, for a key of this project.
    #[must_use]
    pub fn kind(&self) -> Option<KeyKind> {
        match self {
            Self::Root(_) => Some(KeyKind::Root),
            Self::Cohort(_) => Some(KeyKind::Cohort),
            Self::Foreign(_) => None,
        }
    }

    /// The public id of the key in the file.
    #[must_use]
    pub fn public_id(&self) -> PublicId {
        match self {
            Self::Root(key) => key.public_id(),
            Self::Cohort(key) => key.public_id(),
            Self::Foreign(key) => key.public_id(),
        }
    }

    /// The key that marks and detects: the cohort's own, the default one of a root, or the other engine's.
    #[must_use]
    pub fn marking_key(&self) -> Key {
        match self {
            Self::Root(key) => Key::Cohort(key.default_cohort()),
            Self::Cohort(key) => Key::Cohort(key.clone()),
            Self::Foreign(key) => Key::Foreign(key.clone()),
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
#[non_exhaustive]
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

/// Room for the public id and the longest key line: [`MAX_NUMBERS`] of another engine's numbers.
const MAX_LINE: usize = 256 + MAX_NUMBERS * 21;

fn push_line(text: &mut String, kind: KeyKind, bytes: &[u8; KEY_BYTES]) {
    text.push_str(kind.tag());
    text.push(':');
    push_hex(text, bytes);
    text.push(':');
    push_hex(text, &checksum(kind, bytes));
}

/// In constant time, as the bytes are secret.
fn push_hex(text: &mut String, bytes: &[u8]) {
    let mut digits = Zeroizing::new([0; 2 * KEY_BYTES]);
    let digits = &mut digits[..2 * bytes.len()];
    let encoded = base16ct::lower::encode_str(bytes, digits);
    text.push_str(encoded.expect("two digits for each byte"));
}

/// Fills `out` from exactly `2 * out.len()` digits; wipes it and says no otherwise.
fn decode_hex(digits: &str, out: &mut [u8]) -> bool {
    let ok = digits.len() == 2 * out.len() && base16ct::mixed::decode(digits, out).is_ok();
    if !ok {
        out.zeroize();
    }
    ok
}
