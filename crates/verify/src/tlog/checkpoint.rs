//! Checkpoints: a log's name, its size and its root, signed (C2SP `tlog-checkpoint`).

use super::{Hash, TlogError};
use crate::note::{Note, NoteError, VerifierKey};
use crate::text::{from_decimal, hash_from_base64, to_base64};
use ed25519_dalek::SigningKey;

/// The most extension lines that are read; logs of this project write none.
const MAX_EXTENSIONS: usize = 16;

/// What a log says of itself at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// Entries in it.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// Further lines, without a meaning here.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The signed text: a line each for name, size and root.
    #[must_use]
    pub fn text(&self) -> String {
        let root = to_base64(&self.root);
        let mut text = format!("{}\n{}\n{root}\n", self.origin, self.size);
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads the text of a checkpoint.
    ///
    /// # Errors
    /// Names the line that is not as it should be.
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        let wrong = |line, expected| TlogError::CheckpointLine { line, expected };
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(wrong(text.lines().count().max(1), "the end of a line"))?
            .split('\n');
        let origin = lines.next().filter(|line| !line.is_empty());
        let size = lines.next().and_then(from_decimal);
        let root = lines.next().and_then(hash_from_base64);
        let checkpoint = Self {
            origin: origin.ok_or(wrong(1, "the log's name"))?.to_owned(),
            size: size.ok_or(wrong(2, "the number of entries"))?,
            root: root.ok_or(wrong(3, "the root, 32 bytes in base64,"))?,
            extensions: lines.take(MAX_EXTENSIONS + 1).map(str::to_owned).collect(),
        };
        let extensions = &checkpoint.extensions;
        if let Some(at) = extensions.iter().position(String::is_empty) {
            return Err(wrong(4 + at, "a line that is not empty"));
        }
        match extensions.len() > MAX_EXTENSIONS {
            true => Err(wrong(4 + MAX_EXTENSIONS, "the end of the text")),
            false => Ok(checkpoint),
        }
    }

    /// Signs it under the log's name.
    ///
    /// # Errors
    /// When the name cannot be one of a key.
    pub fn sign(&self, key: &SigningKey) -> Result<Note, NoteError> {
        let mut note = Note::new(self.text())?;
        note.sign(&self.origin, key)?;
        Ok(note)
    }

    /// Reads a signed checkpoint and verifies it with the log's key.
    ///
    /// # Errors
    /// When the log did not sign it, or it is of a log of another name than the key's.
    pub fn verify(note: &[u8], key: &VerifierKey) -> Result<Self, TlogError> {
        let note = Note::parse(note)?;
        note.verify(std::slice::from_ref(key))?;
        let checkpoint = Self::parse(note.text())?;
        match checkpoint.origin == key.name() {
            true => Ok(checkpoint),
            false => Err(TlogError::Origin {
                found: checkpoint.origin,
                expected: key.name().to_owned(),
            }),
        }
    }
}
