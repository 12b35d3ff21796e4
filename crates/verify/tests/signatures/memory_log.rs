//! A log in memory, made by the definitions alone.

use ed25519_dalek::SigningKey;
use hallmark_verify::note::VerifierKey;
use hallmark_verify::tlog::prove::Hashes;
use hallmark_verify::tlog::{
    Checkpoint, Hash, Level, Tile, TlogError, append_entry, empty_root, leaf_hash, node_hash,
};
use std::collections::BTreeMap;
use std::convert::Infallible;

pub(crate) const ORIGIN: &str = "log.example/evidence";

pub(crate) fn signing_key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

pub(crate) fn verifier_key() -> VerifierKey {
    VerifierKey::new(ORIGIN, signing_key(1).verifying_key()).unwrap()
}

pub(crate) fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|at| format!("entry {at}").into_bytes())
        .collect()
}

/// RFC 6962, section 2.1, as it is written there.
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(1 << (leaves.len() - 1).ilog2());
            node_hash(&root(left), &root(right))
        }
    }
}

/// Leaves, and the complete subtrees over them.
pub(crate) struct Leaves(Vec<Vec<Hash>>);

impl Leaves {
    pub(crate) fn new(leaves: Vec<Hash>) -> Self {
        let mut heights = vec![leaves];
        while let Some(below) = heights.last().filter(|below| below.len() > 1) {
            let (pairs, _) = below.as_chunks::<2>();
            let above = pairs.iter().map(|[left, right]| node_hash(left, right));
            heights.push(above.collect());
        }
        Self(heights)
    }

    pub(crate) fn of(entries: &[Vec<u8>]) -> Self {
        Self::new(entries.iter().map(|entry| leaf_hash(entry)).collect())
    }

    pub(crate) fn leaves(&self) -> &[Hash] {
        &self.0[0]
    }
}

impl Hashes for Leaves {
    type Error = Infallible;

    fn subtree(&mut self, height: u32, index: u64) -> Result<Hash, Infallible> {
        Ok(self.0[height as usize][index as usize])
    }
}

/// The files of a log by their paths.
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

impl Files {
    pub(crate) fn of(entries: &[Vec<u8>]) -> Self {
        let leaves = Leaves::of(entries).leaves().to_vec();
        let size = entries.len() as u64;
        let mut files = BTreeMap::new();
        for tile in Tile::all(Level::Entries, size) {
            let first = tile.index as usize * 256;
            let mut bytes = Vec::new();
            for entry in &entries[first..first + usize::from(tile.width)] {
                append_entry(&mut bytes, entry).unwrap();
            }
            files.insert(tile.path(), bytes);
        }
        for level in 0..3 {
            let span = 256_usize.pow(level.into());
            for tile in Tile::all(Level::Hashes(level), size) {
                let first = tile.index as usize * 256;
                let hashes = (first..first + usize::from(tile.width))
                    .flat_map(|at| root(&leaves[at * span..(at + 1) * span]));
                files.insert(tile.path(), hashes.collect());
            }
        }
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size,
            root: root(&leaves),
            extensions: Vec::new(),
        };
        let note = checkpoint.sign(&signing_key(1)).unwrap().to_string();
        files.insert("checkpoint".to_owned(), note.into_bytes());
        Self(files)
    }

    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, TlogError> {
        self.0.get(path).cloned().ok_or_else(|| TlogError::Missing {
            path: path.to_owned(),
            why: "no such file".to_owned(),
        })
    }
}
