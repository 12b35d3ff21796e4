//! Bundles of entries: each entry after its length in two bytes, the high one first (C2SP `tlog-tiles`).

use super::{TILE_WIDTH, TlogError};

/// Adds an entry to a bundle.
///
/// # Errors
/// When it is too long.
pub fn append_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), TlogError> {
    let length =
        u16::try_from(entry.len()).map_err(|_| TlogError::EntryTooLong { bytes: entry.len() })?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle.
///
/// # Errors
/// When it is cut within an entry or holds more than 256.
pub fn split_entries(bundle: &[u8]) -> Result<Vec<&[u8]>, TlogError> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let wrong = |what| TlogError::Bundle {
            entry: entries.len(),
            what,
        };
        if entries.len() == usize::from(TILE_WIDTH) {
            return Err(wrong("a bundle has at most 256 entries"));
        }
        let (length, after) = rest.split_first_chunk().ok_or(wrong("its length is cut"))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after
            .split_at_checked(length)
            .ok_or(wrong("it is shorter than its length says"))?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}
