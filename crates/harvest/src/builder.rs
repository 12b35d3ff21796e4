//! Answers in, an index out, in bounded memory.

use crate::counting::Counting;
use crate::digest::Sha256Digest;
use crate::error::HarvestError;
use crate::format::{Header, MarkedBy};
use crate::limits::MAX_WINDOW;
use crate::provenance::Provenance;
use crate::runs::{Grouped, Same, Spill};
use crate::slices::Hashes;
use crate::write;
use hallmark_core::cells::TokenId;
use hallmark_core::prf::ChaCha12;
use hallmark_core::{visits, windows};
use std::path::{Path, PathBuf};

/// Counts the windows of answers and writes an index.
///
/// Hashes of windows are held in memory, eight bytes each, and eight more for each window of the answer at hand. When it is full they are sorted, counted
/// and appended to a scratch file as runs, about six bytes for each distinct window of a run. At the
/// end the runs are merged, slice by slice of hash space. The file's bytes depend on what was pushed,
/// up to its order (first visits: and on that), and not on threads or memory.
pub struct Builder {
    header: Header,
    limits: Limits,
    hashes: Vec<u64>,
    room: usize,
    spill: Option<Spill>,
    /// The hashes of one answer.
    own: Vec<u64>,
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
    /// An empty index of windows of `window` tokens, over ids of the tokenizer with this digest. Of marked text it counts answers
    /// that hold a window, of unmarked text occurrences; see [`counting`](Self::counting).
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
                counting: match marked_by {
                    MarkedBy::Key(_) => Counting::Answers,
                    MarkedBy::Unmarked => Counting::Occurrences,
                },
                provenance: Provenance::default(),
                answers: 0,
                total: 0,
                distinct: 0,
                bucket_bits: 0,
            },
            limits,
            hashes,
            room,
            spill: None,
            own: vec![],
        })
    }

    /// The same, keeping this of each window.
    #[must_use]
    pub fn counting(mut self, counting: Counting) -> Self {
        self.header.counting = counting;
        self
    }

    /// Says how many numbers of the log of first visits have no answer.
    pub fn missing(&mut self, missing: u32) {
        if let Counting::FirstVisits(reading) = &mut self.header.counting {
            reading.missing = missing;
        }
    }

    /// Says where the text is from.
    pub fn provenance(&mut self, provenance: Provenance) {
        self.header.provenance = provenance;
    }

    /// Counts the windows of one answer, without its prompt, or of one document: each window that a token follows. For first
    /// visits the window after the last token too: what was sampled there, an end token say, may not be in the log.
    ///
    /// # Errors
    /// When a token id is above the largest that a mark takes; the answer is then not counted.
    /// When the scratch file cannot be written; the build cannot go on then.
    pub fn push(&mut self, answer: &[TokenId]) -> Result<(), HarvestError> {
        self.push_under(answer, 0)
    }

    /// The same of an answer that the sub-key of this number marked. Only first visits of a ring's log tell sub-keys apart.
    ///
    /// # Errors
    /// As for [`push`](Self::push).
    ///
    /// # Panics
    /// When a log of first visits has no such sub-key.
    pub fn push_under(&mut self, answer: &[TokenId], sub_key: u8) -> Result<(), HarvestError> {
        if let Some(&token) = answer.iter().find(|&&token| token > ChaCha12::MAX_TOKEN) {
            return Err(HarvestError::Token { token });
        }
        self.header.answers += 1;
        let mut own = std::mem::take(&mut self.own);
        own.clear();
        let window = self.header.window;
        match self.header.counting {
            Counting::Occurrences => windows::each(answer, window, |hash| own.push(hash.0)),
            Counting::Answers => {
                windows::each(answer, window, |hash| own.push(hash.0));
                own.sort_unstable();
                own.dedup();
            }
            Counting::FirstVisits(reading) => {
                assert!(sub_key < reading.sub_keys, "a sub-key of the ring");
                let mut time = self.header.total;
                windows::each_and_last(answer, window, |hash| {
                    let input = match reading.sub_keys {
                        1 => hash,
                        _ => hash.under(sub_key.into()),
                    };
                    time += 1;
                    own.push(input.0 & !0xff | u64::from(visits::code(time)));
                });
            }
        }
        self.header.total += own.len() as u64;
        let mut rest = &own[..];
        while !rest.is_empty() {
            if self.hashes.len() == self.room {
                self.empty()?;
            }
            let fits = rest.len().min(self.room - self.hashes.len());
            self.hashes.extend_from_slice(&rest[..fits]);
            rest = &rest[fits..];
        }
        self.own = own;
        Ok(())
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
            None => Hashes::Held(Grouped::new(&mut self.hashes, same(&self.header))),
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
        let same = same(&self.header);
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::create(&self.limits.scratch, same)?),
        };
        spill.add(&Grouped::new(&mut self.hashes, same))?;
        self.hashes.clear();
        Ok(())
    }
}

fn same(header: &Header) -> Same {
    match header.counting {
        Counting::FirstVisits(_) => Same::Earliest,
        Counting::Occurrences | Counting::Answers => Same::Equal,
    }
}
