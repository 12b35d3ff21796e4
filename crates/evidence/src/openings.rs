//! What opens a commitment: the nonce, kept beside the key and shown with it.

use crate::opening_file;
use hallmark::files::keys::write_private;
use hallmark::{Error, Result};
use hallmark_core::keys::{COMMITMENT_NONCE_BYTES, Commitment, Key};
use hallmark_verify::digest::{hexadecimal, of_hexadecimal};
use hallmark_verify::formats::CommittedKey;
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// A key's nonce.
pub struct Opening {
    /// The key's name in the case.
    pub name: String,
    /// The key's public id.
    pub key_id: String,
    pub(crate) nonce: Zeroizing<[u8; COMMITMENT_NONCE_BYTES]>,
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

const KIND: &str = "hallmark-opening-1";

impl Opening {
    /// Writes a new file that only its owner can read.
    ///
    /// # Errors
    /// When it exists or cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let nonce = Zeroizing::new(hexadecimal(&*self.nonce));
        let text = Zeroizing::new(format!(
            "# Opens the commitment to key {} ({}). Keep it with the key; who is shown both can open it.\n{KIND}:{}:{}\n",
            self.name, self.key_id, self.key_id, *nonce
        ));
        write_private(path, text.as_bytes())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When others can read it, or it is no opening.
    pub fn read(path: &Path) -> Result<Self> {
        opening_file::read(path, Self::parse, || {
            Error::usage(format_args!("{} opens no commitment", path.display()))
                .hint("give the file that `hallmark commit` wrote beside the commitments")
        })
    }

    /// Reads the text of a file; nothing where it is no opening.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let mut fields = lines.next()?.split(':');
        let (Some(KIND), Some(key_id), Some(nonce), None, None) = (
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
            lines.next(),
        ) else {
            return None;
        };
        Some(Self {
            name: String::new(),
            key_id: key_id.to_owned(),
            nonce: Zeroizing::new(of_hexadecimal(nonce)?),
        })
    }

    /// Whether it and the key open a commitment.
    #[must_use]
    pub fn opens(&self, committed: &CommittedKey, key: &Key) -> bool {
        let Some(digest) = of_hexadecimal(&committed.commitment) else {
            return false;
        };
        self.key_id == committed.key_id
            && Commitment::from_bytes(digest).opens_to_key(key, &self.nonce)
    }
}
