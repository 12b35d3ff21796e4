//! Roots and proofs made from stored hashes (RFC 6962, sections 2.1 to 2.1.2).
//!
//! A tree of any size is put together from complete subtrees; whoever stores those gives them out through [`Hashes`]. Proofs made
//! here are as true as what was stored: verify them against a signed root before they are shown.

use super::tile::{TILE_BYTES, Tile};
use super::{Hash, Level, TlogError, empty_root, node_hash};
use std::collections::BTreeMap;
use std::ops::Range;

/// Roots of complete subtrees.
pub trait Hashes {
    /// Why one cannot be given.
    type Error;

    /// The root of the complete subtree of `2^height` leaves that begins with leaf `index · 2^height`.
    ///
    /// # Errors
    /// When it is not stored.
    fn subtree(&mut self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// Those of the reader.
pub fn root<H: Hashes>(size: u64, hashes: &mut H) -> Result<Hash, H::Error> {
    match size {
        0 => Ok(empty_root()),
        _ => of_range(0..size, hashes),
    }
}

/// The hashes from the sibling of leaf `index` up to the root's child; nothing where there is no such leaf.
///
/// # Errors
/// Those of the reader.
pub fn inclusion<H: Hashes>(
    index: u64,
    size: u64,
    hashes: &mut H,
) -> Result<Option<Vec<Hash>>, H::Error> {
    if index >= size {
        return Ok(None);
    }
    let mut path = Vec::new();
    let mut range = 0..size;
    while range.end - range.start > 1 {
        let (left, right) = split(&range);
        let (towards, sibling) = match left.contains(&index) {
            true => (left, right),
            false => (right, left),
        };
        path.push(of_range(sibling, hashes)?);
        range = towards;
    }
    path.reverse();
    Ok(Some(path))
}

/// The consistency proof from the tree of `old` leaves to that of `new`; nothing where there are fewer new ones than old.
///
/// # Errors
/// Those of the reader.
pub fn consistency<H: Hashes>(
    old: u64,
    new: u64,
    hashes: &mut H,
) -> Result<Option<Vec<Hash>>, H::Error> {
    if old > new {
        return Ok(None);
    }
    let mut path = Vec::new();
    if old == 0 || old == new {
        return Ok(Some(path));
    }
    let mut range = 0..new;
    // Down along the right edge of the old tree, until a subtree is part of both trees.
    while range.end != old {
        let (left, right) = split(&range);
        let (towards, sibling) = match old <= left.end {
            true => (left, right),
            false => (right, left),
        };
        path.push(of_range(sibling, hashes)?);
        range = towards;
    }
    // Where that is the whole old tree, its root is known already.
    if range.start > 0 {
        path.push(of_range(range, hashes)?);
    }
    path.reverse();
    Ok(Some(path))
}

/// The root over a range that is one side of a split, and so begins where complete subtrees do.
fn of_range<H: Hashes>(range: Range<u64>, hashes: &mut H) -> Result<Hash, H::Error> {
    let leaves = range.end - range.start;
    if leaves.is_power_of_two() {
        let height = leaves.trailing_zeros();
        return hashes.subtree(height, range.start >> height);
    }
    let (left, right) = split(&range);
    let left = of_range(left, hashes)?;
    Ok(node_hash(&left, &of_range(right, hashes)?))
}

/// Two or more leaves, divided before the largest power of two that leaves some on the right.
fn split(range: &Range<u64>) -> (Range<u64>, Range<u64>) {
    let last = range.end - range.start - 1;
    let middle = range.start + (1 << last.ilog2());
    (range.start..middle, middle..range.end)
}

/// The subtrees of a tree of a known size, read from its tiles.
pub struct Tiles<R> {
    size: u64,
    read: R,
    /// What was read already; a proof touches at most two tiles of each level.
    seen: BTreeMap<Tile, Vec<u8>>,
}

impl<R, E> Tiles<R>
where
    R: FnMut(Tile) -> Result<Vec<u8>, E>,
    E: From<TlogError>,
{
    /// Tiles of a tree of `size` leaves; `read` gives the bytes of one.
    pub fn new(size: u64, read: R) -> Self {
        Self {
            size,
            read,
            seen: BTreeMap::new(),
        }
    }

    fn tile(&mut self, tile: Tile) -> Result<&[u8], E> {
        if !self.seen.contains_key(&tile) {
            let bytes = (self.read)(tile)?;
            tile.refuse_wrong_length(bytes.len())?;
            self.seen.insert(tile, bytes);
        }
        Ok(self.seen.get(&tile).map_or(&[], |bytes| bytes))
    }
}

impl<R, E> Hashes for Tiles<R>
where
    R: FnMut(Tile) -> Result<Vec<u8>, E>,
    E: From<TlogError>,
{
    type Error = E;

    fn subtree(&mut self, height: u32, index: u64) -> Result<Hash, E> {
        let beyond = || TlogError::Index {
            index,
            size: self.size,
        };
        // The subtree is 1 to 128 neighbours in one tile, hashed together.
        let (level, within) = (height / 8, height % 8);
        let first = index.checked_shl(within).ok_or_else(beyond)?;
        let level = Level::Hashes(u8::try_from(level).map_err(|_| beyond())?);
        let tile = Tile::holding(level, first, self.size).ok_or_else(beyond)?;
        let start = (first % 256) as usize * 32;
        let hashes = self
            .tile(tile)?
            .get(start..start + (32 << within))
            .ok_or_else(|| TlogError::TileLength {
                path: tile.path(),
                found: usize::from(tile.width) * 32,
                expected: TILE_BYTES,
            })?;
        let (hashes, _) = hashes.as_chunks::<32>();
        Ok(fold(hashes))
    }
}

/// The root over `2^n` hashes.
pub(super) fn fold(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        let (pairs, _) = level.as_chunks::<2>();
        level = pairs.iter().map(|[l, r]| node_hash(l, r)).collect();
    }
    level.first().copied().unwrap_or_else(empty_root)
}
