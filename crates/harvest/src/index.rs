//! Reading an index: checked when it is opened, looked up in batches.

use crate::count_byte;
use crate::counting::Counting;
use crate::digest::Sha256Digest;
use crate::error::{Damage, HarvestError};
use crate::format::{DIGEST_BYTES, ENTRY_BYTES, HEADER_BYTES, Header, OFFSET_BYTES};
use crate::map::Map;
use hallmark_core::keys::PublicId;
use hallmark_core::windows::{WindowCounts, WindowHash};
use rayon::prelude::*;
use std::fs::File;
use std::hint::black_box;
use std::path::{Path, PathBuf};

/// Counts of windows in a file that is mapped into memory.
///
/// A window that did not occur is found all the same with a probability of at most 2⁻¹⁸·⁵ or so
/// (a bucket's 16 to 32 entries of 24 bits each; 2e-6 at most), and two windows can likewise be
/// counted as one. Hashes are unkeyed, so a false match makes a weight less apt and no test invalid.
pub struct Index {
    path: PathBuf,
    map: Map,
    header: Header,
}

impl Index {
    /// Opens an index and checks its structure: magic, version, fields, length, bucket offsets.
    /// Not its digest, which [`verify`](Self::verify) does.
    ///
    /// # Errors
    /// When the file cannot be opened, is no index, was cut, or holds what no index does.
    pub fn open(path: &Path) -> Result<Self, HarvestError> {
        let failed = HarvestError::io("open the index", path);
        let damaged = |damage| HarvestError::Damaged {
            path: path.to_owned(),
            damage,
        };
        let file = File::open(path).map_err(&failed)?;
        if !file.metadata().map_err(&failed)?.is_file() {
            return Err(damaged(Damage::Magic));
        }
        let map = Map::new(&file).map_err(&failed)?;
        let header = Header::parse(&map, map.len() as u64).map_err(damaged)?;
        let index = Self {
            path: path.to_owned(),
            map,
            header,
        };
        index.check_offsets().map_err(damaged)?;
        Ok(index)
    }

    /// Compares the whole content with the digest at its end.
    ///
    /// # Errors
    /// When they differ.
    pub fn verify(&self) -> Result<Sha256Digest, HarvestError> {
        let expected = self.digest();
        let found = Sha256Digest::of(&self.map[..self.map.len() - DIGEST_BYTES]);
        if found == expected {
            return Ok(found);
        }
        Err(HarvestError::Damaged {
            path: self.path.clone(),
            damage: Damage::Digest { expected, found },
        })
    }

    /// SHA-256 of the content, as its last bytes say.
    #[must_use]
    pub fn digest(&self) -> Sha256Digest {
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(&self.map[self.map.len() - DIGEST_BYTES..]);
        Sha256Digest(digest)
    }

    /// What the index says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.map.len() as u64
    }

    fn check_offsets(&self) -> Result<(), Damage> {
        let offsets = &self.map[HEADER_BYTES..self.header.entries_at() as usize];
        let mut last = 0;
        let mut sorted = offsets.starts_with(&[0; OFFSET_BYTES]);
        for offset in offsets.chunks_exact(OFFSET_BYTES) {
            let offset = number(offset);
            sorted &= last <= offset;
            last = offset;
        }
        if sorted && last == self.header.distinct {
            return Ok(());
        }
        Err(Damage::Value {
            what: "the bucket offsets do not rise from 0 to the number of windows",
        })
    }

    /// What `read` makes of every window's bucket. In blocks: the offsets of all windows, then a first look at all their buckets,
    /// then the entries, so that the processor waits for many reads at a time.
    fn look_up<T>(
        &self,
        windows: &[WindowHash],
        found: &mut [T],
        read: impl Fn(&[u8], WindowHash) -> T,
    ) {
        for (windows, found) in windows.chunks(BLOCK).zip(found.chunks_mut(BLOCK)) {
            let mut buckets = [&[][..]; BLOCK];
            for (bucket, window) in buckets.iter_mut().zip(windows) {
                *bucket = self.bucket(*window);
            }
            let first = |bucket: &&[u8]| bucket.first().copied().unwrap_or(0);
            black_box(buckets.iter().map(first).fold(0, |all, byte| all ^ byte));
            for ((found, window), bucket) in found.iter_mut().zip(windows).zip(buckets) {
                *found = read(bucket, *window);
            }
        }
    }

    /// The code of the first visit of each window.
    pub(crate) fn first_codes(&self, windows: &[WindowHash], codes: &mut [Option<u8>]) {
        assert_eq!(windows.len(), codes.len(), "one code for each window");
        self.look_up_all(windows, codes, first_in);
    }

    fn look_up_all<T: Send>(
        &self,
        windows: &[WindowHash],
        found: &mut [T],
        read: impl Fn(&[u8], WindowHash) -> T + Sync,
    ) {
        if windows.len() <= PIECE {
            return self.look_up(windows, found, read);
        }
        windows
            .par_chunks(PIECE)
            .zip(found.par_chunks_mut(PIECE))
            .for_each(|(windows, found)| self.look_up(windows, found, &read));
    }

    /// The entries of a window's bucket.
    fn bucket(&self, window: WindowHash) -> &[u8] {
        let at = HEADER_BYTES + self.header.bucket(window.0) as usize * OFFSET_BYTES;
        let offsets = self.map.get(at..at + 2 * OFFSET_BYTES);
        let Some((start, end)) = offsets.map(|two| two.split_at(OFFSET_BYTES)) else {
            return &[];
        };
        let entries = self.header.entries_at();
        // Wrapping: the file may have changed since its offsets were checked.
        let place = |offset| {
            let bytes = number(offset).wrapping_mul(ENTRY_BYTES as u64);
            entries.wrapping_add(bytes) as usize
        };
        self.map.get(place(start)..place(end)).unwrap_or_default()
    }
}

/// Of an index of first visits: 1 for every window that was visited.
impl WindowCounts for Index {
    fn window(&self) -> usize {
        self.header.window
    }

    fn total(&self) -> u64 {
        self.header.total
    }

    fn distinct(&self) -> u64 {
        self.header.distinct
    }

    fn marked_by(&self) -> Option<PublicId> {
        self.header.marked_by.key()
    }

    fn once_an_answer(&self) -> bool {
        self.header.counting == Counting::Answers
    }

    fn counts(&self, windows: &[WindowHash], counts: &mut [u32]) {
        assert_eq!(windows.len(), counts.len(), "one count for each window");
        let is_timed = self.header.counting.first_visits().is_some();
        self.look_up_all(windows, counts, |bucket, window| match is_timed {
            true => u32::from(first_in(bucket, window).is_some()),
            false => count_in(bucket, window),
        });
    }
}

/// Windows looked up together: as many reads as a core has under way, and some.
const BLOCK: usize = 64;
/// Windows that a thread looks up at a time.
const PIECE: usize = 1 << 13;

/// The sum of the entries that may be the window's: nearly always of one or none.
fn count_in(bucket: &[u8], window: WindowHash) -> u32 {
    let (entries, _) = bucket.as_chunks::<ENTRY_BYTES>();
    let is_its = |entry: &u32| (entry ^ window.0 as u32) >> 8 == 0;
    let entries = entries.iter().map(|entry| u32::from_le_bytes(*entry));
    // Without a branch, so that the compiler can compare several at a time.
    let found: u32 = entries.clone().map(|entry| u32::from(is_its(&entry))).sum();
    if found == 0 {
        return 0;
    }
    entries
        .filter(is_its)
        .map(|entry| count_byte::decode(entry as u8))
        .fold(0, u32::saturating_add)
}

/// The least code of the entries that may be the window's. Of windows that are told as one the earlier visit counts for both.
fn first_in(bucket: &[u8], window: WindowHash) -> Option<u8> {
    let (entries, _) = bucket.as_chunks::<ENTRY_BYTES>();
    let entries = entries.iter().map(|entry| u32::from_le_bytes(*entry));
    let own = entries.filter(|entry| (entry ^ window.0 as u32) >> 8 == 0);
    own.map(|entry| entry as u8).min()
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
