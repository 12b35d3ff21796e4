//! Intake: a file is copied into the case's folder, and its digest is what was copied.

use hallmark::text::shown;
use hallmark::{Error, Result};
use hallmark_harvest::Sha256Digest;
use hallmark_verify::formats::{Event, PlannedFile};
use std::path::{Path, PathBuf};

/// A file that came into a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TakenIn {
    /// Its name in the folder.
    pub(super) file: PathBuf,
    /// The name it had.
    pub(super) from: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// Copies a file into a folder of the case; its own name is kept, with a number before it where that is taken. A file that is there
/// already stays where it is.
pub(super) fn take_in(root: &Path, folder: &str, file: &Path) -> Result<TakenIn> {
    if file == Path::new("-") {
        return Err(
            Error::usage("stdin is no evidence: nobody can read it again")
                .hint("write it to a file first"),
        );
    }
    let own = root.join(folder);
    let within = file.canonicalize().ok().zip(own.canonicalize().ok());
    if let Some((file, own)) = within
        && file.parent() == Some(&own)
        && let Some(name) = file.file_name()
    {
        return described(
            &own.join(name),
            Path::new(folder).join(name),
            name.to_string_lossy().into(),
        );
    }
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| Error::usage(format_args!("{} is no file", file.display())))?;
    std::fs::create_dir_all(&own).map_err(|error| Error::io("make the folder", &own, &error))?;
    let mut number = 1;
    let to = loop {
        let to = match number {
            1 => own.join(name),
            _ => own.join(format!("{number}-{name}")),
        };
        if to.symlink_metadata().is_err() {
            break to;
        }
        if same(&to, file)? {
            let name = to.file_name().unwrap_or_default();
            return described(&to, Path::new(folder).join(name), own_name(file));
        }
        number += 1;
    };
    copy(file, &to)?;
    let name = to.file_name().unwrap_or_default();
    described(&to, Path::new(folder).join(name), own_name(file))
}

/// The name it had, without its folders: those are the machine's, and a bundle shows them to others.
fn own_name(file: &Path) -> String {
    shown(Path::new(file.file_name().unwrap_or_default()))
}

impl TakenIn {
    pub(super) fn planned(&self) -> PlannedFile {
        PlannedFile {
            file: shown(&self.file),
            bytes: self.bytes,
            sha256: self.sha256.clone(),
        }
    }

    pub(super) fn event(&self) -> Event {
        Event::TookIn {
            file: shown(&self.file),
            from: self.from.clone(),
            bytes: self.bytes,
            sha256: self.sha256.clone(),
        }
    }
}

/// A copy that appears when it is whole.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let failed = |error: &std::io::Error| Error::io("copy", from, error);
    let folder = to.parent().unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new()
        .prefix(".hallmark-")
        .tempfile_in(folder)
        .map_err(|error| failed(&error))?;
    let mut source = std::fs::File::open(from).map_err(|error| failed(&error))?;
    let mut file = temporary.as_file();
    std::io::copy(&mut source, &mut file).map_err(|error| failed(&error))?;
    file.sync_all().map_err(|error| failed(&error))?;
    temporary
        .persist_noclobber(to)
        .map_err(|error| failed(&error.error))?;
    Ok(())
}

fn same(one: &Path, other: &Path) -> Result<bool> {
    Ok(digest(one)? == digest(other)?)
}

fn digest(path: &Path) -> Result<(String, u64)> {
    let (digest, bytes) =
        Sha256Digest::of_file(path).map_err(|error| Error::io("read", path, &error))?;
    Ok((digest.to_string(), bytes))
}

fn described(path: &Path, file: PathBuf, from: String) -> Result<TakenIn> {
    let (sha256, bytes) = digest(path)?;
    Ok(TakenIn {
        file,
        from,
        bytes,
        sha256,
    })
}
