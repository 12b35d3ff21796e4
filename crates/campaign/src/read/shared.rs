//! One file read by several threads at once.
//!
//! Copies of an open file share one position, so two threads that each seek and then read may read each other's bytes. Here nobody
//! else moves the position between a seek and its read.

use ::bytes::Bytes;
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct Shared {
    file: Arc<Mutex<File>>,
    length: u64,
}

impl Shared {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let file = Arc::new(Mutex::new(file));
        Ok(Self { file, length })
    }

    fn at(&self, position: u64) -> At {
        let file = self.file.clone();
        At { file, position }
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Shared {
    type T = BufReader<At>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(self.at(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // Before memory is taken: a damaged file may name any length.
        let within = self.length.saturating_sub(start);
        if length as u64 > within {
            let why = format!("{length} bytes wanted at {start}, where {within} are left");
            return Err(ParquetError::EOF(why));
        }
        let mut bytes = vec![0; length];
        self.at(start).read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// A place in the file, from which one reader goes on.
pub(super) struct At {
    file: Arc<Mutex<File>>,
    position: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A thread that panicked left the file whole: the position is set anew each time.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.position))?;
        let read = file.read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}
