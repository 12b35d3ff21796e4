//! Files: written whole or not at all, and never over an existing one.

pub mod keys;
pub mod kinds;
pub mod profiles;

use crate::error::{Error, Result};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where a result goes: stdout for `-`, else a new file that appears when it is complete.
pub struct NewFile {
    path: PathBuf,
    sink: Sink,
}

enum Sink {
    Stdout(io::Stdout),
    File(io::BufWriter<tempfile::NamedTempFile>),
}

impl NewFile {
    /// Prepares to write `path`.
    ///
    /// Fails at once where the path exists already or its folder cannot be written, before any
    /// work is done for it.
    ///
    /// # Errors
    /// When it does.
    pub fn create(path: &Path) -> Result<Self> {
        let sink = if path == Path::new("-") {
            Sink::Stdout(io::stdout())
        } else {
            refuse_existing(path)?;
            Sink::File(io::BufWriter::new(temporary(path, Access::Public)?))
        };
        Ok(Self {
            path: path.to_owned(),
            sink,
        })
    }

    /// Gives the file its name; until then nothing is seen of it.
    ///
    /// # Errors
    /// When it cannot be written or is there by now.
    pub fn finish(self) -> Result<()> {
        let failed = |error: &io::Error| Error::io("write", &self.path, error);
        match self.sink {
            Sink::Stdout(mut out) => match out.flush() {
                Err(error) if !is_broken_pipe(&error) => Err(failed(&error)),
                _ => Ok(()),
            },
            Sink::File(out) => {
                let file = out.into_inner().map_err(|error| failed(error.error()))?;
                file.as_file().sync_all().map_err(|error| failed(&error))?;
                file.persist_noclobber(&self.path)
                    .map_err(|error| Error::io("create", &self.path, &error.error))?;
                Ok(())
            }
        }
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// Names the path.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let result = match &mut self.sink {
            Sink::Stdout(out) => out.write_all(bytes),
            Sink::File(out) => out.write_all(bytes),
        };
        match result {
            Err(error) if !is_broken_pipe(&error) => Err(Error::io("write", &self.path, &error)),
            _ => Ok(()),
        }
    }
}

/// A new folder that appears when it is complete; until then it is a folder beside it, which is gone if it is not finished.
pub struct NewFolder {
    path: PathBuf,
    folder: tempfile::TempDir,
}

impl NewFolder {
    /// Prepares to make `path`.
    ///
    /// # Errors
    /// When it exists already, or nothing can be made beside it.
    pub fn create(path: &Path) -> Result<Self> {
        refuse_existing(path)?;
        let beside = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = tempfile::Builder::new()
            .prefix(".hallmark-")
            .tempdir_in(beside)
            .map_err(|error| {
                Error::io("make the folder", path, &io::Error::from(error.kind()))
                    .hint("check that the folder around it exists and can be written")
            })?;
        Ok(Self {
            path: path.to_owned(),
            folder,
        })
    }

    /// Where its files are written for now.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// When it cannot, or the name is taken by now.
    pub fn finish(self) -> Result<()> {
        refuse_existing(&self.path)?;
        let failed = |error: io::Error| Error::io("make the folder", &self.path, &error);
        // Temporary folders are for their owner alone; this one is as the umask says.
        #[cfg(unix)]
        permissions::as_usual(self.folder.path()).map_err(failed)?;
        std::fs::rename(self.folder.path(), &self.path).map_err(failed)?;
        let _ = self.folder.keep();
        Ok(())
    }
}

/// Writes a whole new file.
///
/// # Errors
/// When it exists or cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = NewFile::create(path)?;
    file.write(bytes)?;
    file.finish()
}

#[cfg(unix)]
mod permissions {
    use std::fs::Permissions;
    use std::io;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    /// Gives a folder the permissions that a new one has.
    pub(super) fn as_usual(folder: &Path) -> io::Result<()> {
        let probe = folder.join(".hallmark-probe");
        std::fs::create_dir(&probe)?;
        let mode = std::fs::metadata(&probe)?.permissions().mode();
        std::fs::remove_dir(&probe)?;
        std::fs::set_permissions(folder, Permissions::from_mode(mode))
    }
}

/// Says no to a path that exists: outputs are created new, never overwritten.
///
/// # Errors
/// When it does.
pub fn refuse_existing(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(
            Error::usage(format_args!("{} exists already", path.display()))
                .hint("nothing is ever overwritten: name another file, or move this one away"),
        );
    }
    Ok(())
}

/// Who may read a new file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Its owner alone: a key.
    Private,
    /// As the umask says.
    Public,
}

/// A broken pipe is no error: the reader had enough.
#[must_use]
pub fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// A file beside `path` that is gone unless it is given that name.
pub(crate) fn temporary(path: &Path, access: Access) -> Result<tempfile::NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".hallmark-");
    #[cfg(unix)]
    if access == Access::Public {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    builder.tempfile_in(folder).map_err(|error| {
        // The error names the temporary file, which means nothing to the user.
        let why = io::Error::from(error.kind());
        Error::io("create", path, &why).hint("check that the folder exists and can be written")
    })
}
