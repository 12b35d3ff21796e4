//! The file's layout: header, bucket offsets, entries, digest. See `docs/formats.md`.

use crate::counting::Counting;
use crate::digest::Sha256Digest;
use crate::error::Damage;
use crate::limits::{FORMAT_VERSION, MAX_WINDOW};
use crate::provenance::Provenance;
use hallmark_core::keys::PublicId;

/// What an index says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Tokens in a window.
    pub window: usize,
    /// SHA-256 of the `tokenizer.json` whose ids were counted; without it, only ids are known.
    pub tokenizer: Option<Sha256Digest>,
    /// The key that marked the text, if one did.
    pub marked_by: MarkedBy,
    /// What is kept of each window.
    pub counting: Counting,
    /// Where the text is from.
    pub provenance: Provenance,
    /// Answers or documents that were counted.
    pub answers: u64,
    /// Windows counted, with repetitions; where answers are counted, those of one answer once.
    pub total: u64,
    /// Distinct windows: one entry each.
    pub distinct: u64,
    /// Top bits of a window's hash that name its bucket.
    pub bucket_bits: u32,
}

/// The key that marked the text of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkedBy {
    /// The key with this public id.
    Key(PublicId),
    /// None: a background.
    Unmarked,
}

impl MarkedBy {
    /// The key's id, if there is one.
    #[must_use]
    pub const fn key(self) -> Option<PublicId> {
        match self {
            Self::Key(id) => Some(id),
            Self::Unmarked => None,
        }
    }
}

pub(crate) const MAGIC: &[u8; 8] = b"HMHARVST";
pub(crate) const HEADER_BYTES: usize = 128;
pub(crate) const OFFSET_BYTES: usize = 8;
pub(crate) const ENTRY_BYTES: usize = 4;
pub(crate) const DIGEST_BYTES: usize = 32;
/// Bits of the hash in an entry: those from 2³¹ down to 2⁸, below every bucket's.
pub(crate) const TAG_BITS: u32 = 24;
/// An index has at least as many buckets as a build has partitions, and at most 2³².
pub(crate) const BUCKET_BITS: std::ops::RangeInclusive<u32> = 10..=32;

impl Header {
    /// Where the entries begin, in bytes.
    pub(crate) const fn entries_at(&self) -> u64 {
        HEADER_BYTES as u64 + ((1 << self.bucket_bits) + 1) * OFFSET_BYTES as u64
    }

    /// Where the digest begins, in bytes. The numbers may come from a damaged file.
    pub(crate) const fn digest_at(&self) -> u128 {
        self.entries_at() as u128 + self.distinct as u128 * ENTRY_BYTES as u128
    }

    /// The number of the bucket of a window.
    pub(crate) const fn bucket(&self, hash: u64) -> u64 {
        hash >> (u64::BITS - self.bucket_bits)
    }

    pub(crate) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
        put(0, MAGIC);
        put(8, &FORMAT_VERSION.to_le_bytes());
        put(
            12,
            &[self.window as u8, self.bucket_bits as u8, TAG_BITS as u8],
        );
        let has_tokenizer = u8::from(self.tokenizer.is_some());
        let is_marked = u8::from(self.marked_by.key().is_some());
        let has_sources = u8::from(self.provenance.sources.is_some());
        put(15, &[has_sources << 2 | has_tokenizer << 1 | is_marked]);
        if let Some(id) = self.marked_by.key() {
            put(16, &id.to_bytes());
        }
        if let Some(digest) = self.tokenizer {
            put(24, &digest.0);
        }
        put(56, &self.answers.to_le_bytes());
        put(64, &self.total.to_le_bytes());
        put(72, &self.distinct.to_le_bytes());
        put(80, &self.counting.to_bytes());
        put(88, &self.provenance.made.to_le_bytes());
        if let Some(digest) = self.provenance.sources {
            put(96, &digest.0);
        }
        bytes
    }

    /// Reads the header of a file of `length` bytes from its first bytes.
    pub(crate) fn parse(start: &[u8], length: u64) -> Result<Self, Damage> {
        if !start.starts_with(MAGIC) {
            return Err(Damage::Magic);
        }
        let cut = || Damage::Length {
            expected: (HEADER_BYTES + DIGEST_BYTES) as u128,
            found: length,
        };
        let bytes: &[u8; HEADER_BYTES] = start.first_chunk().ok_or_else(cut)?;
        let number = |at: usize| u64::from_le_bytes(field(bytes, at));
        let version = u32::from_le_bytes(field(bytes, 8));
        if !(1..=FORMAT_VERSION).contains(&version) {
            return Err(Damage::Version { found: version });
        }
        let [window, bucket_bits, tag_bits, flags] = field(bytes, 12);
        let key: [u8; 8] = field(bytes, 16);
        let tokenizer: [u8; 32] = field(bytes, 24);
        let (has_tokenizer, is_marked) = (flags & 2 != 0, flags & 1 != 0);
        let has_sources = flags & 4 != 0;
        let sources: [u8; 32] = field(bytes, 96);
        let counting = Counting::from_bytes(field(bytes, 80)).ok_or(Damage::Value {
            what: "it does not say what it counts",
        })?;
        let header = Self {
            window: window.into(),
            tokenizer: has_tokenizer.then_some(Sha256Digest(tokenizer)),
            marked_by: if is_marked {
                MarkedBy::Key(PublicId::from_bytes(key))
            } else {
                MarkedBy::Unmarked
            },
            counting,
            provenance: Provenance {
                made: number(88),
                sources: has_sources.then_some(Sha256Digest(sources)),
            },
            answers: number(56),
            total: number(64),
            distinct: number(72),
            bucket_bits: bucket_bits.into(),
        };
        let blank = |unused: bool, bytes: &[u8]| !unused || bytes.iter().all(|&byte| byte == 0);
        let checks = [
            (
                (1..=MAX_WINDOW).contains(&header.window),
                "the window is not 1 to 16 tokens",
            ),
            (
                BUCKET_BITS.contains(&header.bucket_bits),
                "the bits of a bucket are not 10 to 32",
            ),
            (
                u32::from(tag_bits) == TAG_BITS,
                "the bits of an entry are not 24",
            ),
            (
                flags < 8
                    && blank(!is_marked, &key)
                    && blank(!has_tokenizer, &tokenizer)
                    && blank(!has_sources, &sources)
                    && blank(version == 1, &bytes[80..]),
                "a field that is not used is not zero",
            ),
            (
                header.distinct <= header.total,
                "it has more distinct windows than windows",
            ),
        ];
        if let Some((_, what)) = checks.into_iter().find(|(holds, _)| !holds) {
            return Err(Damage::Value { what });
        }
        let expected = header.digest_at() + DIGEST_BYTES as u128;
        if expected != u128::from(length) {
            return Err(Damage::Length {
                expected,
                found: length,
            });
        }
        Ok(header)
    }
}

/// What an entry holds of a window: 24 bits of its hash, and the code of its count or its first visit in the lowest byte.
pub(crate) const fn entry(hash: u64, code: u8) -> u32 {
    (hash as u32 & !0xff) | code as u32
}

fn field<const N: usize>(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
    let mut field = [0; N];
    field.copy_from_slice(&bytes[at..at + N]);
    field
}
