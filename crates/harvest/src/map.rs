//! A file's bytes, mapped into memory.

use memmap2::Mmap;
use std::fs::File;
use std::io;
use std::ops::Deref;

/// A file that is read where it lies.
pub(crate) struct Map(Mmap);

impl Map {
    #[expect(
        unsafe_code,
        reason = "mapping a file is unsafe, because another program may change it meanwhile"
    )]
    pub(crate) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: the compiler may assume that mapped bytes do not change, and another program can
        // change the file all the same. Nothing here rests on that assumption: no reference into the
        // map is kept as another type, every value is copied out of it before it is used, and every
        // place that depends on a value is checked against the map's length. A file that changes
        // gives wrong counts, which cost power and leave tests valid. One that is cut ends the
        // program by a signal (SIGBUS), as with any mapped file. Indexes are written under a
        // temporary name and never changed afterwards, so neither happens by this program's doing.
        unsafe { Mmap::map(file) }.map(Self)
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
