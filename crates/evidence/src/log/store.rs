//! Files of a log: each appears whole or not at all, and stays when the power goes.

use super::error::Failure;
use hallmark::{Error, Result};
use hallmark_verify::tlog::{Level, MAX_ENTRY, TILE_WIDTH, Tile, TlogError, split_entries};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The longest file of a log: 256 entries with their lengths.
const MAX_FILE: u64 = TILE_WIDTH as u64 * (2 + MAX_ENTRY as u64);

/// The name that every file has until it is complete. There is one writer, and so one name.
const TEMPORARY: &str = ".new";

/// The folder of a log.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
    #[cfg(test)]
    pub(super) steps: tests::Steps,
}

impl Store {
    pub(super) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            #[cfg(test)]
            steps: tests::Steps::default(),
        }
    }

    pub(super) fn create(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))?;
        Ok(Self::at(folder))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until no other process writes; the system gives the lock back when this one ends, however it ends.
    pub(super) fn lock(&self) -> Result<File> {
        let path = self.folder.join("log.lock");
        let failed = |error| Error::io("lock", &path, &error);
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(false);
        let file = file.open(&path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }

    pub(super) fn has(&self, path: &str) -> Result<bool> {
        let path = self.folder.join(path);
        path.try_exists()
            .map_err(|error| Error::io("look at", &path, &error))
    }

    pub(super) fn read(&self, path: &str) -> std::result::Result<Vec<u8>, Failure> {
        let file = self.folder.join(path);
        match bounded(&file) {
            Ok(bytes) => Ok(bytes),
            // A log without one of its files is damaged; one that cannot be read is another matter.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Failure::Log(TlogError::Missing {
                    path: path.to_owned(),
                    why: "there is no such file".to_owned(),
                }))
            }
            Err(error) => Err(Failure::File(Error::io("read", &file, &error))),
        }
    }

    /// The bytes of a tile; where a partial one made way for the full one, the beginning of that.
    pub(super) fn tile(&self, tile: Tile) -> std::result::Result<Vec<u8>, Failure> {
        let missing = match self.read(&tile.path()) {
            Err(Failure::Log(missing)) if !tile.is_full() => missing,
            read => return read,
        };
        match self.read(&tile.full().path()) {
            Ok(bytes) => cut(bytes, tile),
            Err(_) => Err(Failure::Log(missing)),
        }
    }

    /// The bytes of a tile of an earlier tree, from the tiles of the tree of `size` leaves.
    pub(super) fn earlier_tile(
        &self,
        tile: Tile,
        size: u64,
    ) -> std::result::Result<Vec<u8>, Failure> {
        let first = tile.index * u64::from(TILE_WIDTH);
        let now = Tile::holding(tile.level, first, size).unwrap_or(tile);
        cut(self.tile(now)?, tile)
    }

    /// Writes a file in place of what a stopped writer may have left there.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let target = self.folder.join(path);
        self.replace(&target, bytes)
            .map_err(|error| Error::io("write", &target, &error))
    }

    fn replace(&self, target: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.folder.join(TEMPORARY);
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => self.step()?,
        }
        let mut file = File::create_new(&temporary)?;
        self.step()?;
        // Two halves, so that a test can stop between them.
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        self.step()?;
        file.write_all(second)?;
        file.sync_all()?;
        self.step()?;
        let parent = target.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent)?;
        self.step()?;
        fs::rename(&temporary, target)?;
        self.step()?;
        self.sync_folders(parent)
    }

    /// Makes new names last, those of new folders too.
    fn sync_folders(&self, from: &Path) -> io::Result<()> {
        if cfg!(unix) {
            for folder in from.ancestors() {
                File::open(folder)?.sync_all()?;
                if folder == self.folder {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Removes what led to a full tile. Nothing depends on it, so nothing is said when it stays.
    pub(super) fn remove_partial(&self, full: Tile) {
        let folder = self.folder.join(full.path() + ".p");
        let _ = fs::remove_dir_all(folder);
    }

    #[cfg(not(test))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "tests stop here"
    )]
    fn step(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The beginning of a tile's bytes, as many as the tile has.
fn cut(mut bytes: Vec<u8>, tile: Tile) -> std::result::Result<Vec<u8>, Failure> {
    let width = usize::from(tile.width);
    let length = match tile.level {
        Level::Hashes(_) => 32 * width,
        Level::Entries => {
            let entries = split_entries(&bytes)?;
            let lengths = entries.iter().take(width).map(|entry| 2 + entry.len());
            lengths.sum()
        }
    };
    bytes.truncate(length);
    Ok(bytes)
}

fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_FILE + 1)
        .read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_FILE {
        true => Err(io::Error::other("it is longer than any file of a log")),
        false => Ok(bytes),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Failure, Level, Store, TILE_WIDTH, Tile, io};
    use std::cell::Cell;

    /// A reader whose checkpoint is older than a full tile finds the beginning of that where the partial one stood.
    #[test]
    fn a_partial_tile_that_made_way_is_read_from_the_full_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path());
        let tile = |level, width| Tile {
            level,
            index: 0,
            width,
        };
        let width = TILE_WIDTH;
        let hashes: Vec<u8> = (0..32 * u32::from(width)).map(|n| n as u8).collect();
        let entry = |n: u16| [&n.to_be_bytes()[..], &vec![b'x'; usize::from(n)]].concat();
        let entries: Vec<u8> = (0..width).flat_map(entry).collect();
        for (level, bytes, first_three) in [
            (Level::Hashes(0), &hashes, 96),
            (Level::Entries, &entries, 2 + 3 + 4),
        ] {
            store.write(&tile(level, width).path(), bytes).unwrap();
            assert_eq!(store.tile(tile(level, width)).unwrap(), *bytes);
            assert_eq!(store.tile(tile(level, 3)).unwrap(), bytes[..first_three]);
        }
        // Without the full one, the partial one is missing; a full one is never looked for in its place.
        let other = Tile {
            index: 1,
            ..tile(Level::Hashes(0), 3)
        };
        assert!(matches!(store.tile(other), Err(Failure::Log(_))));
    }

    /// What cannot be read is not taken for what is not there.
    #[test]
    fn a_file_that_cannot_be_read_is_not_missing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path());
        assert!(matches!(store.read("checkpoint"), Err(Failure::Log(_))));
        std::fs::create_dir(folder.path().join("checkpoint")).unwrap();
        assert!(matches!(store.read("checkpoint"), Err(Failure::File(_))));
    }

    /// How many steps are left until the writer stops; nothing when it never does.
    #[derive(Debug, Default)]
    pub(crate) struct Steps(pub(crate) Cell<Option<usize>>);

    impl Store {
        /// Stops as a kill would: what was done stays, and nothing more is.
        pub(super) fn step(&self) -> io::Result<()> {
            match self.steps.0.get() {
                Some(0) => Err(io::Error::other("stopped")),
                left => {
                    self.steps.0.set(left.map(|left| left - 1));
                    Ok(())
                }
            }
        }
    }
}
