//! The files of a bundle: a folder, or an archive in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Files by name, with `/` between folders.
pub trait Files {
    /// All names, sorted, and the size of each.
    ///
    /// # Errors
    /// When they cannot be listed, or something is there that is no plain file.
    fn list(&self) -> io::Result<BTreeMap<String, u64>>;

    /// Opens a file.
    ///
    /// # Errors
    /// When it is not there or cannot be opened.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// A bundle's folder.
pub struct Folder(pub PathBuf);

/// A bundle's archive: a tar file.
pub struct Archive(BTreeMap<String, Vec<u8>>);

/// Files of a bundle at most.
const MOST: usize = 100_000;

impl Files for Folder {
    fn list(&self) -> io::Result<BTreeMap<String, u64>> {
        let mut found = BTreeMap::new();
        walk(&self.0, "", &mut found)?;
        Ok(found)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        check_name(name)?;
        let path = self.0.join(name);
        if !path.symlink_metadata()?.is_file() {
            return Err(io::Error::other("it is no plain file"));
        }
        Ok(Box::new(File::open(path)?))
    }
}

fn walk(folder: &Path, before: &str, found: &mut BTreeMap<String, u64>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name
            .to_str()
            .ok_or_else(|| io::Error::other(format!("{name:?} is no text")))?;
        let name = format!("{before}{name}");
        let metadata = entry.path().symlink_metadata()?;
        if metadata.is_dir() {
            walk(&entry.path(), &format!("{name}/"), found)?;
        } else if metadata.is_file() {
            found.insert(name, metadata.len());
        } else {
            return Err(io::Error::other(format!(
                "{name} is neither a file nor a folder"
            )));
        }
        if found.len() > MOST {
            return Err(io::Error::other(format!(
                "there are more than {MOST} files"
            )));
        }
    }
    Ok(())
}

impl Archive {
    /// Reads an archive that is in memory.
    ///
    /// # Errors
    /// When it is no tar file, or holds something else than plain files under plain names, each once.
    pub fn read(bytes: &[u8]) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut archive = tar::Archive::new(bytes);
        // What the library says of a damaged header repeats bytes of it, and whoever gave the wrong file may have given a key.
        let damaged = |_| io::Error::other("is no tar archive, or a damaged one");
        for entry in archive.entries().map_err(damaged)? {
            let mut entry = entry.map_err(damaged)?;
            let kind = entry.header().entry_type();
            if kind.is_dir() {
                continue;
            }
            let path = entry.path().map_err(damaged)?;
            let name = path
                .to_str()
                .ok_or_else(|| io::Error::other("a name is no text"))?;
            let name = name.strip_prefix("./").unwrap_or(name).to_owned();
            check_name(&name)?;
            if !kind.is_file() {
                return Err(io::Error::other(format!("{name} is no plain file")));
            }
            let mut content = Vec::with_capacity((entry.size() as usize).min(bytes.len()));
            entry.read_to_end(&mut content).map_err(damaged)?;
            if files.insert(name.clone(), content).is_some() {
                return Err(io::Error::other(format!("{name} is there twice")));
            }
            if files.len() > MOST {
                return Err(io::Error::other(format!(
                    "there are more than {MOST} files"
                )));
            }
        }
        Ok(Self(within_one_folder(files)))
    }
}

/// An archive of a folder holds its name before each file's: without it.
fn within_one_folder(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let manifest = crate::formats::Manifest::FILE;
    if files.contains_key(manifest) {
        return files;
    }
    let folder = files.keys().find_map(|name| {
        let (folder, rest) = name.split_once('/')?;
        (rest == manifest).then(|| format!("{folder}/"))
    });
    match folder {
        Some(folder) if files.keys().all(|name| name.starts_with(&folder)) => files
            .into_iter()
            .map(|(name, content)| (name[folder.len()..].to_owned(), content))
            .collect(),
        _ => files,
    }
}

impl Files for Archive {
    fn list(&self) -> io::Result<BTreeMap<String, u64>> {
        let sizes = self.0.iter();
        Ok(sizes
            .map(|(name, content)| (name.clone(), content.len() as u64))
            .collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        match self.0.get(name) {
            Some(content) => Ok(Box::new(&content[..])),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Says no to names that lead out of the bundle.
///
/// # Errors
/// When one does.
pub fn check_name(name: &str) -> io::Result<()> {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    match name.split('/').all(plain) && !name.contains(['\\', '\0']) {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "{name:?} is no name of a file in a bundle"
        ))),
    }
}
