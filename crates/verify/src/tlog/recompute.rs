//! A whole log computed again from its entries.

use super::prove::fold;
use super::tile::TILE_BYTES;
use super::{
    Checkpoint, Hash, Level, TILE_WIDTH, Tile, TlogError, empty_root, leaf_hash, node_hash,
    split_entries,
};
use crate::note::VerifierKey;

/// Reads a log whole: every entry gives its hash, every 256 hashes one of the level above, and all of them the signed root.
///
/// `read` gives the bytes of a path within the log; where the file of a partial tile is gone because the log grew meanwhile, it may
/// give the beginning of the full one. `each` is handed every entry with its index. Memory is that of one bundle and one tile of
/// each level, whatever the size that the checkpoint states.
///
/// # Errors
/// When the checkpoint is not the log's, a file cannot be read, or a hash is not what the entries give.
pub fn recompute<E: From<TlogError>>(
    key: &VerifierKey,
    mut read: impl FnMut(&str, Option<Tile>) -> Result<Vec<u8>, E>,
    mut each: impl FnMut(u64, &[u8]),
) -> Result<Checkpoint, E> {
    let checkpoint = Checkpoint::verify(&read("checkpoint", None)?, key)?;
    let mut levels = Vec::<Run>::new();
    for bundle in Tile::all(Level::Entries, checkpoint.size) {
        let bytes = read(&bundle.path(), Some(bundle))?;
        let entries = split_entries(&bytes)?;
        if entries.len() != usize::from(bundle.width) {
            return Err(E::from(TlogError::Bundle {
                entry: entries.len(),
                what: "the bundle ends here, before or after what its path says",
            }));
        }
        for (at, entry) in (bundle.index * u64::from(TILE_WIDTH)..).zip(entries) {
            each(at, entry);
            add(&mut levels, leaf_hash(entry), &mut read)?;
        }
    }
    for (level, run) in levels.iter().enumerate() {
        if !run.hashes.is_empty() {
            run.compare(level, &mut read)?;
        }
    }
    match root(&levels) == checkpoint.root {
        true => Ok(checkpoint),
        false => Err(E::from(TlogError::Root)),
    }
}

/// The hashes of a level after its last full tile.
#[derive(Default)]
struct Run {
    full_tiles: u64,
    hashes: Vec<Hash>,
}

impl Run {
    fn compare<E: From<TlogError>>(
        &self,
        level: usize,
        read: &mut impl FnMut(&str, Option<Tile>) -> Result<Vec<u8>, E>,
    ) -> Result<(), E> {
        let tile = Tile {
            // A tree of a 64-bit size has eight levels of tiles.
            level: Level::Hashes(level as u8),
            index: self.full_tiles,
            width: self.hashes.len() as u16,
        };
        let bytes = read(&tile.path(), Some(tile))?;
        tile.refuse_wrong_length(bytes.len())?;
        let (stored, _) = bytes.as_chunks::<32>();
        match stored.iter().zip(&self.hashes).position(|(a, b)| a != b) {
            None => Ok(()),
            Some(place) => Err(E::from(TlogError::TileHash {
                path: tile.path(),
                place,
            })),
        }
    }
}

fn add<E: From<TlogError>>(
    levels: &mut Vec<Run>,
    leaf: Hash,
    read: &mut impl FnMut(&str, Option<Tile>) -> Result<Vec<u8>, E>,
) -> Result<(), E> {
    let mut hash = leaf;
    for level in 0.. {
        if levels.len() == level {
            levels.push(Run::default());
        }
        let run = &mut levels[level];
        run.hashes.push(hash);
        if run.hashes.len() * 32 < TILE_BYTES {
            break;
        }
        run.compare(level, read)?;
        hash = fold(&run.hashes);
        run.hashes.clear();
        run.full_tiles += 1;
    }
    Ok(())
}

/// The root over what is left at the levels: higher levels are further left.
fn root(levels: &[Run]) -> Hash {
    let mut right = None::<Hash>;
    for run in levels {
        // Complete subtrees of falling size, the smallest last.
        let mut rest = &run.hashes[..];
        while !rest.is_empty() {
            let (before, subtree) = rest.split_at(rest.len() - (1 << rest.len().trailing_zeros()));
            let left = fold(subtree);
            right = Some(right.map_or(left, |right| node_hash(&left, &right)));
            rest = before;
        }
    }
    right.unwrap_or_else(empty_root)
}
