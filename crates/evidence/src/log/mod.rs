//! A transparency log in a folder: what is written to it cannot be taken back or changed without a trace.
//!
//! | | |
//! |---|---|
//! | `log.pub` | the key that verifies it, as one line of text |
//! | `checkpoint` | name, size and root, signed |
//! | `tile/entries/…` | the entries, 256 a file |
//! | `tile/0/…`, `tile/1/…` | the hashes of the tree over them |
//!
//! The formats are C2SP's `tlog-tiles`, `tlog-checkpoint` and `tlog-proof`, so that others' tools read it too. An entry is written
//! before the checkpoint that counts it, every file under another name first: whenever the writer is stopped, the log is whole at
//! its last checkpoint, and the next entry goes on from there. What a stopped writer left beyond that checkpoint was never signed
//! and is written over. Partial tiles stay until the full one is there.
//!
//! The log proves order and integrity, and a date when its checkpoint is stamped or published. Its owner can still start a second
//! log: let others keep checkpoints.

mod error;
mod grow;
mod store;

use error::Failure;
use grow::Grown;
use store::Store;

use ed25519_dalek::SigningKey;
use hallmark::{Error, Result};
use hallmark_verify::note::VerifierKey;
use hallmark_verify::tlog::prove::{self, Tiles};
use hallmark_verify::tlog::{
    Checkpoint, Hash, Level, TILE_WIDTH, Tile, TlogError, TlogProof, empty_root, recompute,
    split_entries, verify_consistency,
};
use std::ops::Range;
use std::path::Path;

/// An entry's place, from 0.
pub type Index = u64;

/// A log in a folder.
#[derive(Debug)]
pub struct Log {
    store: Store,
    origin: String,
}

/// What a log says of itself now.
struct Head {
    key: VerifierKey,
    /// The signed text.
    note: String,
    checkpoint: Checkpoint,
}

impl Log {
    /// Opens the log in a folder, or prepares one that its first entry will begin.
    ///
    /// `origin` is the log's name and that of its key: best one that looks like an address, `example.org/evidence`.
    ///
    /// # Errors
    /// When the folder holds a log of another name, or cannot be made or read.
    pub fn open_or_create(folder: &Path, origin: &str) -> Result<Self> {
        let store = Store::create(folder)?;
        match public_key(&store)? {
            Some(key) if key.name() != origin => Err(Error::usage(format_args!(
                "{} holds the log {}, not {origin}",
                folder.display(),
                key.name()
            ))
            .hint("name the log as it is, or give another folder")),
            _ => Ok(Self {
                store,
                origin: origin.to_owned(),
            }),
        }
    }

    /// Opens the log in a folder.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(folder: &Path) -> Result<Self> {
        let store = Store::at(folder);
        match public_key(&store)? {
            Some(key) => Ok(Self {
                store,
                origin: key.name().to_owned(),
            }),
            None => Err(
                Error::usage(format_args!("{} holds no log", folder.display()))
                    .hint("a log has a file log.pub; its first entry begins it"),
            ),
        }
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The key that the log says verifies it, once it has entries. Compare it with the one that you know.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn public_key(&self) -> Result<Option<VerifierKey>> {
        public_key(&self.store)
    }

    /// The signed checkpoint, as text; nothing before the first entry.
    ///
    /// # Errors
    /// When it cannot be read or does not hold.
    pub fn checkpoint(&self) -> Result<Option<String>> {
        Ok(self.head()?.map(|head| head.note))
    }

    /// How many entries the log has.
    ///
    /// # Errors
    /// When its checkpoint cannot be read or does not hold.
    pub fn size(&self) -> Result<u64> {
        Ok(self.head()?.map_or(0, |head| head.checkpoint.size))
    }

    /// Writes one entry and gives its place.
    ///
    /// # Errors
    /// When the entry is longer than 65,535 bytes, the key is not the log's, the log is not whole, or it cannot be written.
    pub fn append(&self, entry: &[u8], key: &SigningKey) -> Result<Index> {
        Ok(self.append_all(&[entry], key)?.start)
    }

    /// Writes entries under one checkpoint, all of them or none, and gives their places.
    ///
    /// Waits while another process writes.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn append_all(&self, entries: &[&[u8]], key: &SigningKey) -> Result<Range<Index>> {
        let _lock = self.store.lock()?;
        let head = self.begin(key)?;
        let old = head.checkpoint.size;
        if entries.is_empty() {
            return Ok(old..old);
        }
        let grown = Grown::new(&self.store, &head.checkpoint, entries)
            .map_err(|failure| failure.at(self.store.folder()))?;
        for (tile, bytes) in grown.tiles() {
            self.store.write(&tile.path(), bytes)?;
        }
        let note = sign(grown.checkpoint(), key)?;
        self.store.write("checkpoint", note.as_bytes())?;
        // From here on the entries are in; what is no longer needed may stay.
        for (tile, _) in grown.tiles().filter(|(tile, _)| tile.is_full()) {
            self.store.remove_partial(*tile);
        }
        Ok(old..grown.checkpoint().size)
    }

    /// An entry's bytes.
    ///
    /// # Errors
    /// When there is none at that place, or its file cannot be read.
    pub fn entry(&self, index: Index) -> Result<Vec<u8>> {
        let size = self.size()?;
        let read = || {
            let tile = Tile::holding(Level::Entries, index, size)
                .ok_or(TlogError::Index { index, size })?;
            let bundle = self.store.tile(tile)?;
            let entries = split_entries(&bundle)?;
            let within = (index % u64::from(TILE_WIDTH)) as usize;
            Ok(entries.get(within).map(|entry| entry.to_vec()))
        };
        let entry = read().map_err(|failure: Failure| failure.at(self.store.folder()))?;
        entry.ok_or_else(|| Failure::from(TlogError::Index { index, size }).at(self.store.folder()))
    }

    /// The proof that the entry is in the log, as the text of a `.tlog-proof` file.
    ///
    /// # Errors
    /// When there is no such entry, or the log is not whole.
    pub fn prove(&self, index: Index) -> Result<String> {
        let entry = self.entry(index)?;
        let head = self.head()?.ok_or_else(|| self.missing("checkpoint"))?;
        let size = head.checkpoint.size;
        let prove = || {
            let hashes = prove::inclusion(index, size, &mut self.tiles(size, size))?
                .ok_or(TlogError::Index { index, size })?;
            let proof = TlogProof {
                extra: None,
                index,
                hashes,
                checkpoint: head.note,
            };
            proof.verify(&entry, &head.key)?;
            Ok(proof.to_string())
        };
        prove().map_err(|failure: Failure| failure.at(self.store.folder()))
    }

    /// The proof that the log of `new` entries continues that of `old` entries, both at most as many as it has.
    ///
    /// # Errors
    /// When it has fewer, or is not whole.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>> {
        let size = self.size()?;
        let prove = || {
            if new > size {
                return Err(TlogError::Sizes {
                    old: new,
                    new: size,
                }
                .into());
            }
            let mut later = self.tiles(new, size);
            let proof =
                prove::consistency(old, new, &mut later)?.ok_or(TlogError::Sizes { old, new })?;
            let after = prove::root(new, &mut later)?;
            let before = prove::root(old, &mut self.tiles(old, size))?;
            verify_consistency(old, &before, new, &after, &proof)?;
            Ok(proof)
        };
        prove().map_err(|failure: Failure| failure.at(self.store.folder()))
    }

    /// Computes the whole log again from its entries and verifies its checkpoint with a key that the caller knows.
    ///
    /// # Errors
    /// When the key did not sign it, or any file that the checkpoint covers is not what the entries give.
    pub fn check(&self, key: &VerifierKey) -> Result<Checkpoint> {
        self.check_each(key, |_, _| {})
    }

    /// As [`Log::check`], and hands over every entry with its place. They are the log's own only when all of it held.
    ///
    /// # Errors
    /// As [`Log::check`].
    pub fn check_each(
        &self,
        key: &VerifierKey,
        each: impl FnMut(Index, &[u8]),
    ) -> Result<Checkpoint> {
        let read = |path: &str, tile: Option<Tile>| match tile {
            Some(tile) => self.store.tile(tile),
            None => self.store.read(path),
        };
        recompute(key, read, each).map_err(|failure: Failure| failure.at(self.store.folder()))
    }

    /// The log's head, made at its first entry; nothing but the log's own key goes on from there.
    fn begin(&self, key: &SigningKey) -> Result<Head> {
        let public = VerifierKey::new(&self.origin, key.verifying_key())
            .map_err(|error| Error::usage(error).hint("name the log like an address"))?;
        match self.public_key()? {
            Some(known) if known != public => {
                return Err(Error::usage(format_args!(
                    "the log {} is of another key",
                    self.origin
                ))
                .hint("sign with the key that began it, or begin another log"));
            }
            Some(_) => {}
            None => {
                self.refuse_leftovers("log.pub")?;
                self.store
                    .write("log.pub", format!("{public}\n").as_bytes())?;
            }
        }
        // A log of no entries first: a checkpoint that is not there later was taken away.
        if !self.store.has("checkpoint")? {
            self.refuse_leftovers("checkpoint")?;
            let empty = Checkpoint {
                origin: self.origin.clone(),
                size: 0,
                root: empty_root(),
                extensions: Vec::new(),
            };
            let note = sign(&empty, key)?;
            self.store.write("checkpoint", note.as_bytes())?;
        }
        self.head()?.ok_or_else(|| self.missing("checkpoint"))
    }

    fn head(&self) -> Result<Option<Head>> {
        let Some(key) = self.public_key()? else {
            self.refuse_leftovers("log.pub")?;
            return Ok(None);
        };
        if !self.store.has("checkpoint")? {
            self.refuse_leftovers("checkpoint")?;
            return Ok(None);
        }
        let read = || {
            let bytes = self.store.read("checkpoint")?;
            let checkpoint = Checkpoint::verify(&bytes, &key)?;
            Ok((String::from_utf8_lossy(&bytes).into_owned(), checkpoint))
        };
        let (note, checkpoint) =
            read().map_err(|failure: Failure| failure.at(self.store.folder()))?;
        Ok(Some(Head {
            key,
            note,
            checkpoint,
        }))
    }

    /// Says no to a log that has entries and lacks what is written before them.
    fn refuse_leftovers(&self, missing: &str) -> Result<()> {
        let begun = match missing {
            "log.pub" => self.store.has("checkpoint")? || self.store.has("tile")?,
            _ => self.store.has("tile")?,
        };
        match begun {
            true => Err(self.missing(missing)),
            false => Ok(()),
        }
    }

    fn missing(&self, file: &str) -> Error {
        Error::integrity(format_args!("the log has no {file} any more"))
            .at(self.store.folder().display())
            .hint("restore the folder from its backup")
    }

    /// The tiles of the log when it had `past` entries; it has `size` now.
    fn tiles(
        &self,
        past: u64,
        size: u64,
    ) -> Tiles<impl FnMut(Tile) -> std::result::Result<Vec<u8>, Failure>> {
        Tiles::new(past, move |tile| self.store.earlier_tile(tile, size))
    }
}

/// The key in `log.pub`.
fn public_key(store: &Store) -> Result<Option<VerifierKey>> {
    if !store.has("log.pub")? {
        return Ok(None);
    }
    let bytes = store
        .read("log.pub")
        .map_err(|failure| failure.at(store.folder()))?;
    let text = String::from_utf8_lossy(&bytes);
    let key = text.strip_suffix('\n').unwrap_or(&text).parse();
    key.map(Some).map_err(|error| {
        Error::integrity(error)
            .at(store.folder().join("log.pub").display())
            .hint("restore the folder from its backup")
    })
}

fn sign(checkpoint: &Checkpoint, key: &SigningKey) -> Result<String> {
    let note = checkpoint.sign(key).map_err(Error::usage)?;
    Ok(note.to_string())
}

#[cfg(test)]
mod tests;
