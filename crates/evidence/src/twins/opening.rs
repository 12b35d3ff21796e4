//! What opens the commitment to a draw: its seed and a nonce, for the owner alone until the test.

use super::draw::Draw;
use super::format::Committed;
use crate::opening_file;
use hallmark::files::keys::write_private;
use hallmark::{Error, Result};
use hallmark_core::keys::{COMMITMENT_NONCE_BYTES, Commitment, TwinsSeed};
use hallmark_verify::digest::{hexadecimal, of_hexadecimal};
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// A draw's seed with the nonce of its commitment.
pub struct TwinsOpening {
    seed: TwinsSeed,
    nonce: Zeroizing<[u8; COMMITMENT_NONCE_BYTES]>,
}

impl fmt::Debug for TwinsOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwinsOpening").finish_non_exhaustive()
    }
}

const KIND: &str = "hallmark-twins-opening-1";

impl TwinsOpening {
    /// An opening with a new nonce.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(seed: TwinsSeed) -> Result<Self> {
        let mut nonce = Zeroizing::new([0; COMMITMENT_NONCE_BYTES]);
        getrandom::fill(&mut *nonce)
            .map_err(|error| Error::usage(format_args!("no randomness: {error}")))?;
        Ok(Self { seed, nonce })
    }

    /// What is published of it.
    #[must_use]
    pub fn commitment(&self) -> String {
        hexadecimal(Commitment::to_twins(&self.seed, &self.nonce).as_bytes())
    }

    /// The draw that was committed to.
    ///
    /// # Errors
    /// When this opens another commitment, or the share is none.
    pub fn draw(&self, committed: &Committed) -> Result<Draw<'_>> {
        if committed.seed_commitment != self.commitment() {
            return Err(Error::integrity(format_args!(
                "the opening does not open the commitment of draw {:?}",
                committed.name
            ))
            .hint("give the twins.opening that was written with this commitment"));
        }
        Draw::new(&self.seed, committed.share).map_err(Error::integrity)
    }

    /// Writes a new file that only its owner can read.
    ///
    /// # Errors
    /// When it exists or cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let [seed, nonce] =
            [self.seed.expose(), &*self.nonce].map(|bytes| Zeroizing::new(hexadecimal(bytes)));
        let text = Zeroizing::new(format!(
            "# Says which of each pair of twins is sent. Show it when the suspect's scores are there, and not before.\n{KIND}:{}:{}\n",
            *seed, *nonce
        ));
        write_private(path, text.as_bytes())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When others can read it, or it is no opening.
    pub fn read(path: &Path) -> Result<Self> {
        opening_file::read(path, Self::parse, || {
            Error::usage(format_args!("{} opens no draw of twins", path.display()))
                .hint("give the twins.opening that `hallmark twins commit` wrote")
        })
    }

    /// Reads the text of a file; nothing where it is no opening.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let fields: Vec<&str> = lines.next()?.split(':').collect();
        let [KIND, seed, nonce] = fields[..] else {
            return None;
        };
        lines.next().is_none().then_some(())?;
        Some(Self {
            seed: TwinsSeed::from_bytes(of_hexadecimal(seed)?),
            nonce: Zeroizing::new(of_hexadecimal(nonce)?),
        })
    }
}
