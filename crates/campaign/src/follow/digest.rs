//! What a file is known again by.

use hallmark::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// SHA-256 of what a file is read as, a zero byte, and its bytes.
///
/// # Errors
/// When it cannot be read.
pub fn digest(path: &Path, table: &str) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| Error::io("read", path, &error);
    let mut file = File::open(path).map_err(failed)?;
    let mut digest = Sha256::new();
    digest.update(table.as_bytes());
    digest.update([0]);
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(digest.finalize().to_vec()),
            length => digest.update(&buffer[..length]),
        }
    }
}
