//! A proof that an entry is in a log, in a file of text (C2SP `tlog-proof`).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra dGhlIHBsYW4=
//! index 3
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
//!
//! log.example/evidence
//! 4
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — log.example/evidence hI2DJw…
//! ```

use super::{Checkpoint, Hash, TlogError, leaf_hash, verify_inclusion};
use crate::note::{MAX_NOTE, VerifierKey};
use crate::text::{from_base64, from_decimal, hash_from_base64, to_base64};
use std::fmt::{self, Display};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes of a proof: one for each level of a tree whose size is a 64-bit number.
const MAX_HASHES: usize = 64;

/// The longest extra data that is read, in bytes.
const MAX_EXTRA: usize = 64 * 1024;

/// The longest proof that is read, in bytes.
const MAX_PROOF: usize = MAX_NOTE + 2 * MAX_EXTRA + MAX_HASHES * 45 + 256;

/// An entry's place in a log, the hashes that lead from it to the root, and the signed root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// What the writer added. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's place, from 0.
    pub index: u64,
    /// From the entry's sibling up to the root's child.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, as the log gave it.
    pub checkpoint: String,
}

impl TlogProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// Names the line that is not as it should be.
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogError> {
        let too_long = TlogError::ProofTooLong { limit: MAX_PROOF };
        let text = str::from_utf8(bytes).map_err(|_| too_long.clone())?;
        if text.len() > MAX_PROOF {
            return Err(too_long);
        }
        let wrong = |line, expected| TlogError::ProofLine { line, expected };
        let (head, checkpoint) = text.split_once("\n\n").ok_or(wrong(
            text.lines().count() + 1,
            "an empty line and a checkpoint",
        ))?;
        let mut lines = head.split('\n').enumerate().peekable();
        if lines.next().map(|(_, line)| line) != Some(HEADER) {
            return Err(wrong(1, "the name of the format, c2sp.org/tlog-proof@v1,"));
        }
        let extra = match lines
            .peek()
            .and_then(|(_, line)| line.strip_prefix("extra "))
        {
            None => None,
            Some(base64) => {
                lines.next();
                let extra = from_base64(base64).filter(|extra| extra.len() <= MAX_EXTRA);
                Some(extra.ok_or(wrong(2, "`extra` and at most 64 KiB in base64"))?)
            }
        };
        let place = 2 + usize::from(extra.is_some());
        let index = lines
            .next()
            .and_then(|(_, line)| from_decimal(line.strip_prefix("index ")?))
            .ok_or(wrong(place, "`index` and a number"))?;
        let mut hashes = Vec::new();
        for (at, line) in lines {
            if hashes.len() == MAX_HASHES {
                return Err(wrong(
                    at + 1,
                    "the end of the proof, which has at most 64 hashes,",
                ));
            }
            hashes.push(hash_from_base64(line).ok_or(wrong(at + 1, "32 bytes in base64"))?);
        }
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// The name of the log, as its checkpoint says; nothing vouches for it until the proof was verified.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.checkpoint.lines().next().unwrap_or_default()
    }

    /// Verifies that the log with this key has these bytes as the entry of [`TlogProof::index`], and gives its checkpoint.
    ///
    /// # Errors
    /// When the checkpoint is not the log's, or the entry is not in it at that place.
    pub fn verify(&self, entry: &[u8], key: &VerifierKey) -> Result<Checkpoint, TlogError> {
        let checkpoint = Checkpoint::verify(self.checkpoint.as_bytes(), key)?;
        let leaf = leaf_hash(entry);
        let (size, root) = (checkpoint.size, &checkpoint.root);
        verify_inclusion(&leaf, self.index, size, &self.hashes, root)?;
        Ok(checkpoint)
    }
}

impl Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", to_base64(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
