//! Bytes of an input: opened, uncompressed, counted.

use std::fmt;
#[cfg(feature = "parquet")]
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Compression, CorpusError, Reason};
use crate::limits::{LimitKind, Limits};

/// How much of an input is looked at to tell its format.
const START: usize = 4096;

/// A buffered, uncompressed input with its name.
pub struct Input {
    pub(crate) file: Arc<str>,
    /// The first bytes, as they come out of it.
    pub(crate) start: Vec<u8>,
    #[cfg_attr(not(feature = "parquet"), expect(dead_code))]
    path: Option<PathBuf>,
    compression: Option<Compression>,
    bytes: BufReader<Box<dyn Read + Send>>,
    limits: Limits,
}

impl Input {
    /// Looks at the first bytes, and takes compression and a byte order mark away. `path` is where the bytes stand, if
    /// they are a file on disk.
    pub(crate) fn new(
        file: Arc<str>,
        read: Box<dyn Read + Send>,
        path: Option<PathBuf>,
        limits: &Limits,
    ) -> Result<Self, CorpusError> {
        let fail = |reason| CorpusError::new(&file, None, reason);
        let (raw_start, read) = peek(read).map_err(|e| fail(Reason::Read(e)))?;
        let compression = match raw_start.as_slice() {
            [0x1f, 0x8b, ..] => Some(Compression::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Compression::Zstd),
            _ => None,
        };
        let plain: Box<dyn Read + Send> = match compression {
            Some(Compression::Gzip) => Box::new(flate2::read::MultiGzDecoder::new(read)),
            Some(Compression::Zstd) => {
                Box::new(zstd::stream::read::Decoder::new(read).map_err(|e| fail(Reason::Read(e)))?)
            }
            None => read,
        };
        let capped = Capped {
            inner: plain,
            left: limits.max_total_bytes,
        };
        let (mut start, mut read) =
            peek(Box::new(capped)).map_err(|e| fail(reason(e, compression, limits)))?;
        if start.starts_with(b"PK\x03\x04") {
            return Err(fail(Reason::Zip));
        }
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(fail(Reason::Utf16));
        }
        if start.starts_with(BYTE_ORDER_MARK) {
            start.drain(..BYTE_ORDER_MARK.len());
            io::copy(
                &mut read.by_ref().take(BYTE_ORDER_MARK.len() as u64),
                &mut io::sink(),
            )
            .map_err(|e| fail(Reason::Read(e)))?;
        }
        Ok(Self {
            file,
            start,
            path,
            compression,
            bytes: BufReader::with_capacity(1 << 16, read),
            limits: limits.clone(),
        })
    }

    /// The file itself, opened again, for a format that is read from its end.
    #[cfg(feature = "parquet")]
    pub(crate) fn whole_file(&self) -> Result<File, Reason> {
        match (&self.path, self.compression) {
            (Some(path), None) => File::open(path).map_err(Reason::Open),
            _ => Err(Reason::ParquetNeedsFile),
        }
    }

    pub(crate) fn fill(&mut self) -> Result<&[u8], Reason> {
        let Self {
            bytes,
            compression,
            limits,
            ..
        } = self;
        // An interrupted call is not a failed one.
        loop {
            match bytes.fill_buf() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(reason(e, *compression, limits)),
                Ok(_) => return Ok(bytes.buffer()),
            }
        }
    }

    pub(crate) fn consume(&mut self, bytes: usize) {
        self.bytes.consume(bytes);
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads up to [`START`] bytes and puts them back.
fn peek(mut read: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut start = Vec::with_capacity(START);
    read.by_ref().take(START as u64).read_to_end(&mut start)?;
    Ok((start.clone(), Box::new(Cursor::new(start).chain(read))))
}

/// Why a read failed: the device, the compressed stream, or the limit.
fn reason(error: io::Error, compression: Option<Compression>, limits: &Limits) -> Reason {
    if let Some(inner) = error.get_ref()
        && inner.is::<TooMuch>()
    {
        return Reason::OverLimit {
            limit: LimitKind::TotalBytes,
            value: limits.max_total_bytes,
        };
    }
    match (compression, error.kind(), error.raw_os_error()) {
        (Some(compression), io::ErrorKind::UnexpectedEof, _) => Reason::Truncated(compression),
        (Some(compression), _, None) => Reason::Damaged(compression, error.to_string()),
        _ => Reason::Read(error),
    }
}

/// Fails once more than a number of bytes came through: a bomb is not unpacked to its end.
struct Capped<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other(TooMuch))?;
        Ok(read)
    }
}

#[derive(Debug)]
struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more bytes than allowed")
    }
}

impl std::error::Error for TooMuch {}
