//! Answers in, an index out, in bounded memory.

use crate::digest::Sha256Digest;
use crate::error::HarvestError;
use crate::format::{Header, MarkedBy};
use crate::limits::MAX_WINDOW;
use crate::runs::{Grouped, Spill};
use crate::slices::Hashes;
use crate::write;
use hallmark_core::cells::TokenId;
use hallmark_core::prf::ChaCha12;
use hallmark_core::windows;
use std::path::{Path, PathBuf};

/// Counts the windows of answers and writes an index.
///
/// Hashes of windows are held in memory, eight bytes each. When it is full they are sorted, counted
/// and appended to a scratch file as runs, about six bytes for each distinct window of a run. At the
/// end the runs are merged, slice by slice of hash space. The file's bytes depend on what was pushed,
/// up to its order, and not on threads or memory.
pub struct Builder {
    header: Header,
    limits: Limits,
    hashes: Vec<u64>,
    room: usize,
    spill: Option<Spill>,
}

/// What a build may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, and about a mebibyte more for each thread. Less than 1 MiB counts as that.
    pub memory: u64,
    /// Folder of the scratch file: room for six to seven bytes for each distinct window of each run
    /// (a run comes whenever memory is full).
    pub scratch: PathBuf,
}

impl Default for Limits {
    /// 1 GiB; the system's folder for temporary files.
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            scratch: std::env::temp_dir(),
        }
    }
}

/// What was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// What the index says of itself.
    pub header: Header,
    /// SHA-256 of its content, as in its last 32 bytes.
    pub digest: Sha256Digest,
    /// Bytes of scratch file that were written.
    pub scratch_bytes: u64,
}

impl Builder {
    /// An empty index of windows of `window` tokens, over ids of the tokenizer with this digest.
    ///
    /// # Errors
    /// When the window is not 1 to 16 tokens long, or the memory is not to be had.
    pub fn new(
        window: usize,
        tokenizer: Option<Sha256Digest>,
        marked_by: MarkedBy,
        limits: Limits,
    ) -> Result<Self, HarvestError> {
        if !(1..=MAX_WINDOW).contains(&window) {
            return Err(HarvestError::Window { window });
        }
        // An eighth is kept for grouping and writing.
        let memory = limits.memory.max(1 << 20) / 8 * 7;
        let room = (memory / 8) as usize;
        let mut hashes = vec![];
        hashes
            .try_reserve_exact(room)
            .map_err(|_| HarvestError::Memory { bytes: memory })?;
        Ok(Self {
            header: Header {
                window,
                tokenizer,
                marked_by,
                answers: 0,
                total: 0,
                distinct: 0,
                bucket_bits: 0,
            },
            limits,
            hashes,
            room,
            spill: None,
        })
    }

    /// Counts the windows of one answer, without its prompt, or of one document: each window that a
    /// token follows, as often as it occurs.
    ///
    /// # Errors
    /// When a token id is above the largest that a mark takes; the answer is then not counted.
    /// When the scratch file cannot be written; the build cannot go on then.
    pub fn push(&mut self, answer: &[TokenId]) -> Result<(), HarvestError> {
        if let Some(&token) = answer.iter().find(|&&token| token > ChaCha12::MAX_TOKEN) {
            return Err(HarvestError::Token { token });
        }
        let window = self.header.window;
        self.header.answers += 1;
        self.header.total += answer.len().saturating_sub(window) as u64;
        let mut rest = answer;
        loop {
            // Each window is a hash, so what fits is a number of windows.
            let fits = self.room - self.hashes.len();
            let piece = &rest[..rest.len().min(window + fits)];
            windows::each(piece, window, |hash| self.hashes.push(hash.0));
            if piece.len() == rest.len() {
                return Ok(());
            }
            // The next windows begin with the last `window` tokens.
            rest = &rest[fits..];
            self.empty()?;
        }
    }

    /// Counts what was pushed and writes the index to `path`, which must not exist. The file
    /// appears when it is complete; after an error nothing is left of it.
    ///
    /// # Errors
    /// When the file or the scratch file cannot be made, written or read.
    pub fn finish(mut self, path: &Path) -> Result<Built, HarvestError> {
        if self.spill.is_some() {
            self.empty()?;
            self.hashes = vec![];
        }
        let hashes = match self.spill {
            Some(spill) => Hashes::Spilled(spill),
            None => Hashes::Held(Grouped::new(&mut self.hashes)),
        };
        let (header, digest) = write::write(&hashes, self.header, self.limits.memory, path)?;
        Ok(Built {
            header,
            digest,
            scratch_bytes: match hashes {
                Hashes::Held(_) => 0,
                Hashes::Spilled(spill) => spill.bytes(),
            },
        })
    }

    /// Answers pushed.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.header.answers
    }

    /// Windows counted, with repetitions.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.header.total
    }

    /// Moves the hashes in memory to the scratch file.
    fn empty(&mut self) -> Result<(), HarvestError> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::create(&self.limits.scratch)?),
        };
        spill.add(&Grouped::new(&mut self.hashes))?;
        self.hashes.clear();
        Ok(())
    }
}
