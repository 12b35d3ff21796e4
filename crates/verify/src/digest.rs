//! SHA-256 of files, in hexadecimal.

use crate::text::{from_hex, to_hex};
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// Bytes in lowercase hexadecimal digits.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    to_hex(bytes)
}

/// The 32 bytes of a digest in 64 lowercase hexadecimal digits.
#[must_use]
pub fn of_hexadecimal(text: &str) -> Option<[u8; 32]> {
    from_hex(text)
}

/// SHA-256 and length of all that can be read.
///
/// # Errors
/// When reading fails.
pub(crate) fn of_reader(mut from: impl Read) -> io::Result<(String, u64)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok((to_hex(&hash.finalize()), bytes)),
            read => {
                hash.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}
