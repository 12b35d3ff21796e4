//! Bytes that are hashed as they are read.

use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// A stream whose bytes are hashed as they are read.
pub(crate) struct Hashed<R> {
    inner: R,
    digest: HashedSoFar,
}

/// What was hashed so far.
#[derive(Clone, Default)]
pub(crate) struct HashedSoFar(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    hasher: Sha256,
    bytes: u64,
    is_whole: bool,
}

impl<R: Read> Hashed<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self {
            inner,
            digest: HashedSoFar::default(),
        }
    }

    /// What is hashed, now and later.
    pub(crate) fn digest(&self) -> HashedSoFar {
        self.digest.clone()
    }
}

impl HashedSoFar {
    /// SHA-256 and length, where the stream was read to its end.
    pub(crate) fn whole(&self) -> Option<([u8; 32], u64)> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state
            .is_whole
            .then(|| (state.hasher.clone().finalize().into(), state.bytes))
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut state = self.digest.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.hasher.update(&buffer[..read]);
        state.bytes += read as u64;
        state.is_whole |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_a_digest_once_it_was_read_to_its_end() {
        let mut hashed = Hashed::new(&b"abc"[..]);
        let digest = hashed.digest();
        let mut buffer = [0; 2];
        hashed.read_exact(&mut buffer).unwrap();
        assert_eq!(digest.whole(), None);
        hashed.read_to_end(&mut vec![]).unwrap();
        let expected: [u8; 32] = Sha256::digest(b"abc").into();
        assert_eq!(digest.whole(), Some((expected, 3)));
    }
}
