//! Where a bundle is written: a folder, or an archive that says nothing of when, where or by whom it was made.

use hallmark::files::{NewFile, NewFolder};
use hallmark::{Error, Result};
use std::path::Path;

/// A bundle that is being written.
pub(super) enum Target {
    Folder(NewFolder),
    Archive(NewFile),
}

/// Takes a file's bytes, piece by piece.
type Write<'a> = dyn FnMut(&[u8]) -> Result<()> + 'a;

impl Target {
    /// A new archive where the name ends in `.tar`, else a new folder.
    pub(super) fn create(out: &Path) -> Result<Self> {
        match out.extension().is_some_and(|extension| extension == "tar") {
            true => NewFile::create(out).map(Self::Archive),
            false => NewFolder::create(out).map(Self::Folder),
        }
    }

    /// Adds a file of so many bytes, which `content` hands on.
    pub(super) fn add(
        &mut self,
        name: &str,
        bytes: u64,
        content: impl FnOnce(&mut Write<'_>) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::Folder(folder) => {
                let path = folder.path().join(name);
                let parent = path.parent().unwrap_or(folder.path());
                std::fs::create_dir_all(parent)
                    .map_err(|error| Error::io("make the folder", parent, &error))?;
                let mut file = NewFile::create(&path)?;
                content(&mut |bytes| file.write(bytes))?;
                file.finish()
            }
            Self::Archive(file) => {
                file.write(&header(name, bytes)?)?;
                content(&mut |bytes| file.write(bytes))?;
                file.write(padding(bytes))
            }
        }
    }

    /// The bundle is whole.
    pub(super) fn finish(self) -> Result<()> {
        match self {
            Self::Folder(folder) => folder.finish(),
            Self::Archive(mut file) => {
                file.write(&[0; 1024])?;
                file.finish()
            }
        }
    }
}

/// A file's header in an archive.
fn header(name: &str, bytes: u64) -> Result<Vec<u8>> {
    let mut header = tar::Header::new_ustar();
    header
        .set_path(name)
        .map_err(|error| Error::usage(format_args!("{name} does not fit an archive: {error}")))?;
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    Ok(header.as_bytes().to_vec())
}

/// Zeros up to the next block of 512 bytes.
fn padding(bytes: u64) -> &'static [u8] {
    &[0; 512][..(bytes.wrapping_neg() % 512) as usize]
}
