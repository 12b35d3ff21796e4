//! Hashes of windows on their way to a file: in memory, and as sorted runs in a scratch file.
//!
//! The top bits of a hash name its partition. A run holds the distinct hashes of one partition that
//! were in memory at one time, with their counts: for each, in ascending order, the distance from the
//! one before as a LEB128 number whose lowest bit says that a count follows (less 2, LEB128); without
//! one it is 1.

use crate::error::HarvestError;
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A window's hash, and how often it occurred.
pub(crate) type Pair = (u64, u64);

/// Which hashes are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Same {
    /// Equal ones: their counts add up.
    Equal,
    /// Those that differ in the lowest byte only, which is the code of a time: the least of them is kept.
    Earliest,
}

impl Same {
    fn are(self, a: u64, b: u64) -> bool {
        match self {
            Self::Equal => a == b,
            Self::Earliest => a >> 8 == b >> 8,
        }
    }
}

pub(crate) const PARTITION_BITS: u32 = 10;
pub(crate) const PARTITIONS: usize = 1 << PARTITION_BITS;

/// Hashes in memory, grouped so that each partition can be taken by itself.
pub(crate) struct Grouped<'a> {
    hashes: &'a [u64],
    same: Same,
    /// Where each partition ends within each stretch of `STRETCH` hashes.
    ends: Vec<[u16; PARTITIONS]>,
}

/// Runs in a scratch file, which the system removes when it is closed, however the program ends.
pub(crate) struct Spill {
    file: Mutex<File>,
    folder: PathBuf,
    same: Same,
    bytes: u64,
    /// Of each partition.
    runs: Vec<Vec<Run>>,
}

struct Run {
    at: u64,
    bytes: usize,
    pairs: usize,
}

/// Hashes that are grouped together: few enough for the second-level cache.
const STRETCH: usize = 1 << 15;
/// Partitions that are encoded before they are written.
const WRITTEN_TOGETHER: usize = 64;

impl<'a> Grouped<'a> {
    pub(crate) fn new(hashes: &'a mut [u64], same: Same) -> Self {
        let ends = hashes
            .par_chunks_mut(STRETCH)
            .map_init(
                || vec![0; STRETCH],
                |scratch, stretch| group(stretch, scratch),
            )
            .collect();
        Self { hashes, same, ends }
    }

    /// The distinct hashes of a partition in ascending order, with their counts.
    pub(crate) fn pairs(&self, partition: usize) -> Vec<Pair> {
        let mut hashes = vec![];
        for (stretch, ends) in self.hashes.chunks(STRETCH).zip(&self.ends) {
            let before = partition.checked_sub(1).map_or(0, |before| ends[before]);
            hashes.extend_from_slice(&stretch[before.into()..ends[partition].into()]);
        }
        hashes.sort_unstable();
        hashes
            .chunk_by(|&a, &b| self.same.are(a, b))
            .map(|equal| (equal[0], equal.len() as u64))
            .collect()
    }
}

impl Spill {
    /// Makes a scratch file without a name in `folder`.
    pub(crate) fn create(folder: &Path, same: Same) -> Result<Self, HarvestError> {
        let file = tempfile::tempfile_in(folder)
            .map_err(HarvestError::io("make a scratch file in", folder))?;
        Ok(Self {
            file: Mutex::new(file),
            folder: folder.to_owned(),
            same,
            bytes: 0,
            runs: (0..PARTITIONS).map(|_| vec![]).collect(),
        })
    }

    /// Adds a run to each partition.
    pub(crate) fn add(&mut self, grouped: &Grouped<'_>) -> Result<(), HarvestError> {
        for first in (0..PARTITIONS).step_by(WRITTEN_TOGETHER) {
            let encoded: Vec<(Vec<u8>, usize)> = (first..first + WRITTEN_TOGETHER)
                .into_par_iter()
                .map(|partition| {
                    let pairs = grouped.pairs(partition);
                    (encode(&pairs), pairs.len())
                })
                .collect();
            let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
            for ((run, pairs), runs) in encoded.into_iter().zip(&mut self.runs[first..]) {
                file.write_all(&run)
                    .map_err(HarvestError::io("write a scratch file in", &self.folder))?;
                runs.push(Run {
                    at: self.bytes,
                    bytes: run.len(),
                    pairs,
                });
                self.bytes += run.len() as u64;
            }
        }
        Ok(())
    }

    /// The distinct hashes of a partition within `range` in ascending order, with their counts.
    pub(crate) fn pairs(
        &self,
        partition: usize,
        range: &Range<u128>,
    ) -> Result<Vec<Pair>, HarvestError> {
        let mut pairs = vec![];
        for run in &self.runs[partition] {
            self.read(run)
                .and_then(|bytes| decode(&bytes, run.pairs, range, &mut pairs))
                .map_err(HarvestError::io("read a scratch file in", &self.folder))?;
        }
        // Stable: it sees that runs are sorted, and merges them.
        pairs.sort_by_key(|&(hash, _)| hash);
        pairs.dedup_by(|(hash, count), (first, sum)| {
            let same = self.same.are(*hash, *first);
            if same {
                *sum += *count;
            }
            same
        });
        Ok(pairs)
    }

    /// Pairs in the runs of the largest partition.
    pub(crate) fn largest(&self) -> usize {
        let pairs = |runs: &Vec<Run>| runs.iter().map(|run| run.pairs).sum();
        self.runs.iter().map(pairs).max().unwrap_or(0)
    }

    /// Bytes of the scratch file.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn read(&self, run: &Run) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; run.bytes];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(run.at))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

pub(crate) const fn partition(hash: u64) -> usize {
    (hash >> (u64::BITS - PARTITION_BITS)) as usize
}

/// Sorts a stretch by partition, and says where each ends.
fn group(stretch: &mut [u64], scratch: &mut [u64]) -> [u16; PARTITIONS] {
    let mut places = [0; PARTITIONS];
    for &hash in &*stretch {
        places[partition(hash)] += 1;
    }
    let mut start = 0;
    for place in &mut places {
        start += std::mem::replace(place, start);
    }
    for &hash in &*stretch {
        let place = &mut places[partition(hash)];
        scratch[usize::from(*place)] = hash;
        *place += 1;
    }
    stretch.copy_from_slice(&scratch[..stretch.len()]);
    places
}

fn encode(pairs: &[Pair]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pairs.len() * 7);
    let mut last = pairs.first().map_or(0, |&(hash, _)| base(hash));
    for &(hash, count) in pairs {
        let repeated = count > 1;
        put((hash - last) << 1 | u64::from(repeated), &mut bytes);
        if repeated {
            put(count - 2, &mut bytes);
        }
        last = hash;
    }
    bytes
}

/// The smallest hash of the partition. From it on, twice a distance is a 64-bit number.
const fn base(hash: u64) -> u64 {
    hash >> (u64::BITS - PARTITION_BITS) << (u64::BITS - PARTITION_BITS)
}

fn decode(
    mut bytes: &[u8],
    pairs: usize,
    range: &Range<u128>,
    out: &mut Vec<Pair>,
) -> io::Result<()> {
    let Range { start, end } = *range;
    let mut hash = base(start as u64);
    for _ in 0..pairs {
        let number = take(&mut bytes)?;
        hash += number >> 1;
        let count = if number & 1 == 1 {
            take(&mut bytes)? + 2
        } else {
            1
        };
        if u128::from(hash) >= end {
            break;
        }
        if u128::from(hash) >= start {
            out.push((hash, count));
        }
    }
    Ok(())
}

/// A number in seven bits a byte, lowest first.
fn put(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> io::Result<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(io::ErrorKind::UnexpectedEof)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The hashes of one partition as one range.
    fn whole(partition: u128) -> Range<u128> {
        partition << 54..(partition + 1) << 54
    }

    proptest! {
        #[test]
        fn runs_are_read_back(
            partition in 0u64..1024,
            mut hashes in prop::collection::btree_map(0u64..1 << 54, 1u64..1 << 40, 0..60),
        ) {
            hashes.insert(0, 1);
            hashes.insert((1 << 54) - 1, u64::MAX);
            let pairs: Vec<Pair> = hashes.iter().map(|(hash, count)| (partition << 54 | hash, *count)).collect();
            let mut back = vec![];
            decode(&encode(&pairs), pairs.len(), &whole(partition.into()), &mut back).unwrap();
            prop_assert_eq!(&back, &pairs);
            let all = whole(partition.into());
            let half = all.start..all.start + (1 << 53);
            back.clear();
            decode(&encode(&pairs), pairs.len(), &half, &mut back).unwrap();
            prop_assert_eq!(back.len(), pairs.iter().filter(|pair| half.contains(&pair.0.into())).count());
        }
    }

    #[test]
    fn a_cut_run_is_an_error() {
        let bytes = encode(&[(7, 900)]);
        let cut = decode(&bytes[..bytes.len() - 1], 1, &whole(0), &mut vec![]);
        assert_eq!(cut.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        let endless = decode(&[0xff; 20], 1, &whole(0), &mut vec![]);
        assert_eq!(endless.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
