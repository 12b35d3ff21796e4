//! How large an input may be: stated, and refused beyond.

use std::fmt;

/// Bounds on what is read. Input beyond one is refused, never cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one JSON line or array element. Bounds the memory of the reader.
    pub max_record_bytes: u64,
    /// Levels of arrays and objects in one JSON record; the parser allows no more than [`Limits::NESTING_CEILING`].
    pub max_nesting: u32,
    /// Bytes of one document together with its exposure: UTF-8, and four a token. Every string counts once, though
    /// joins of strings are exposure too; they take at most four times the strings' own memory.
    pub max_document_bytes: u64,
    /// Bytes of one input file after decompression.
    pub max_total_bytes: u64,
}

impl Limits {
    /// The most levels that can be allowed: what the JSON parser can take without exhausting a thread's stack.
    pub const NESTING_CEILING: u32 = 126;

    pub(crate) fn nesting(&self) -> u32 {
        self.max_nesting.min(Self::NESTING_CEILING)
    }
}

impl Default for Limits {
    /// 64 MiB a record and a document, 64 levels, 256 GiB a file.
    fn default() -> Self {
        Self {
            max_record_bytes: 64 << 20,
            max_nesting: 64,
            max_document_bytes: 64 << 20,
            max_total_bytes: 256 << 30,
        }
    }
}

/// Which limit was exceeded; displayed as the name of its flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitKind {
    /// [`Limits::max_record_bytes`].
    RecordBytes,
    /// [`Limits::max_nesting`].
    Nesting,
    /// [`Limits::max_document_bytes`].
    DocumentBytes,
    /// [`Limits::max_total_bytes`].
    TotalBytes,
}

impl fmt::Display for LimitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RecordBytes => "max-record-bytes",
            Self::Nesting => "max-nesting",
            Self::DocumentBytes => "max-document-bytes",
            Self::TotalBytes => "max-total-bytes",
        })
    }
}
