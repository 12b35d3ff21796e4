//! The tiles that new entries change, computed before any is written.

use super::error::Failure;
use super::store::Store;
use hallmark_verify::tlog::prove::{self, Hashes, Tiles};
use hallmark_verify::tlog::{
    Checkpoint, Hash, Level, TILE_WIDTH, Tile, TlogError, append_entry, leaf_hash, node_hash,
    split_entries,
};
use std::collections::BTreeMap;

/// A log with more entries, not written yet.
pub(super) struct Grown {
    /// Entries before hashes, lower levels before higher ones.
    tiles: BTreeMap<Tile, Vec<u8>>,
    checkpoint: Checkpoint,
}

impl Grown {
    /// Adds entries to the log at a checkpoint.
    ///
    /// What they are joined to must give the checkpoint's root, so that no damage is ever signed.
    pub(super) fn new(store: &Store, old: &Checkpoint, entries: &[&[u8]]) -> Result<Self, Failure> {
        let mut stored = Tiles::new(old.size, |tile| store.tile(tile));
        if prove::root(old.size, &mut stored)? != old.root {
            return Err(Failure::Log(TlogError::Root));
        }
        let size = old.size.checked_add(entries.len() as u64);
        let size = size.ok_or(TlogError::Sizes {
            old: old.size,
            new: u64::MAX,
        })?;
        let mut tiles = BTreeMap::new();
        add_entries(store, old.size, size, entries, &mut tiles)?;
        let mut added: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        for level in 0.. {
            if added.is_empty() {
                break;
            }
            let level = Level::Hashes(level);
            added = add_hashes(store, level, (old.size, size), &added, &mut tiles)?;
        }
        let mut grown = Tiles::new(size, |tile| match tiles.get(&tile) {
            Some(bytes) => Ok(bytes.clone()),
            None => store.tile(tile),
        });
        let root = prove::root(size, &mut grown)?;
        let checkpoint = Checkpoint {
            origin: old.origin.clone(),
            size,
            root,
            extensions: Vec::new(),
        };
        Ok(Self { tiles, checkpoint })
    }

    /// The files to write, in this order, before the checkpoint.
    pub(super) fn tiles(&self) -> impl Iterator<Item = (&Tile, &[u8])> {
        self.tiles.iter().map(|(tile, bytes)| (tile, &bytes[..]))
    }

    pub(super) fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

/// The bundles that change, each as a whole.
fn add_entries(
    store: &Store,
    old: u64,
    size: u64,
    entries: &[&[u8]],
    tiles: &mut BTreeMap<Tile, Vec<u8>>,
) -> Result<(), Failure> {
    let mut bundle = match last(Level::Entries, old) {
        Some(tile) => {
            let bundle = store.tile(tile)?;
            refuse_other_entries(store, tile, old, &bundle)?;
            bundle
        }
        None => Vec::new(),
    };
    for (index, entry) in (old..).zip(entries) {
        append_entry(&mut bundle, entry)?;
        let next = index + 1;
        if (next % u64::from(TILE_WIDTH) == 0 || next == size)
            && let Some(tile) = Tile::holding(Level::Entries, index, size)
        {
            tiles.insert(tile, std::mem::take(&mut bundle));
        }
    }
    Ok(())
}

/// The tiles of a level that change, each as a whole, and the hashes that full ones add to the next level.
fn add_hashes(
    store: &Store,
    level: Level,
    (old, size): (u64, u64),
    added: &[Hash],
    tiles: &mut BTreeMap<Tile, Vec<u8>>,
) -> Result<Vec<Hash>, Failure> {
    let mut bytes = match last(level, old) {
        Some(tile) => store.tile(tile)?,
        None => Vec::new(),
    };
    let mut above = Vec::new();
    let end = level.hashes(size);
    for (index, hash) in (level.hashes(old)..).zip(added) {
        bytes.extend_from_slice(hash);
        let full = (index + 1) % u64::from(TILE_WIDTH) == 0;
        if full {
            above.push(fold(bytes.as_chunks().0));
        }
        if (full || index + 1 == end)
            && let Some(tile) = Tile::holding(level, index, size)
        {
            tiles.insert(tile, std::mem::take(&mut bytes));
        }
    }
    Ok(above)
}

/// The level's last tile where it is partial: what new hashes are joined to.
fn last(level: Level, size: u64) -> Option<Tile> {
    let hash = level.hashes(size).checked_sub(1)?;
    Tile::holding(level, hash, size).filter(|tile| !tile.is_full())
}

/// Says no to stored entries that are not those of the stored leaves.
fn refuse_other_entries(
    store: &Store,
    tile: Tile,
    size: u64,
    bundle: &[u8],
) -> Result<(), Failure> {
    let mut leaves = Tiles::new(size, |tile| store.tile(tile));
    let entries = split_entries(bundle)?;
    let first = tile.index * u64::from(TILE_WIDTH);
    let wrong = |place| TlogError::TileHash {
        path: tile.path(),
        place,
    };
    if entries.len() != usize::from(tile.width) {
        return Err(Failure::Log(wrong(entries.len())));
    }
    for (place, entry) in entries.iter().enumerate() {
        if leaves.subtree(0, first + place as u64)? != leaf_hash(entry) {
            return Err(Failure::Log(wrong(place)));
        }
    }
    Ok(())
}

/// The root over the hashes of a full tile.
fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [hash] => *hash,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}
