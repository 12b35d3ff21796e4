//! A bundle: what a case shows to others, each file by its digest, signed.

mod target;

use crate::case::{Case, INPUTS, ITEMS};
use crate::signer::Signer;
use crate::signing::{SIGNER, public_pem, sign_file};
use hallmark::json::{VERSION, to_json};
use hallmark::{Error, Result};
use hallmark_verify::digest::sha256;
use hallmark_verify::files::{Files, Folder};
use hallmark_verify::formats::{BUNDLE_PREDICATE, BundleFormat, FileEntry, Manifest};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use target::Target;

/// What goes into a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Answers and the files that shaped the examination too, and not their digests alone.
    pub with_items: bool,
}

/// Packs a case into a new folder, or into an archive where the name ends in `.tar`. The same case gives the same bytes.
///
/// # Errors
/// When it exists, or a file cannot be read or written.
pub fn pack(case: &Case, signer: &Signer, out: &Path, contents: Contents) -> Result<Manifest> {
    refuse_other_signer(case, signer)?;
    let root = Folder(case.root().to_owned());
    let listed = root
        .list()
        .map_err(|error| Error::io("read", case.root(), &error))?;
    let names: Vec<String> = listed
        .into_keys()
        .filter(|name| belongs(name, contents))
        .collect();
    let mut files = vec![];
    for name in &names {
        let mut hash = Hashing::default();
        copy(&root, name, &mut hash)?;
        files.push(FileEntry {
            file: name.clone(),
            bytes: hash.bytes,
            sha256: hash.finish(),
        });
    }
    let manifest = Manifest {
        schema: BundleFormat,
        case: case.plan().case.clone(),
        version: VERSION.to_owned(),
        files,
    };
    let text = to_json(&manifest, true)? + "\n";
    let digest = sha256(text.as_bytes());
    let envelope = sign_file(signer, Manifest::FILE, &digest, BUNDLE_PREDICATE)?;
    let added = BTreeMap::from([(Manifest::FILE, text), (Manifest::SIGNED, envelope)]);
    write(&root, &manifest, &added, Target::create(out)?)?;
    Ok(manifest)
}

/// The public key of whoever signed the plan goes with the bundle: another's signature would not be his.
fn refuse_other_signer(case: &Case, signer: &Signer) -> Result<()> {
    let path = case.root().join(SIGNER);
    let planned =
        std::fs::read_to_string(&path).map_err(|error| Error::io("read", &path, &error))?;
    match planned == public_pem(signer)? {
        true => Ok(()),
        false => Err(Error::usage(format_args!(
            "signer {} is not the one who signed the plan ({SIGNER} in the case)",
            signer.id()
        ))
        .hint("give the signing key that `plan` was given with --signer")),
    }
}

/// Names that begin with a dot are the program's own, and unfinished.
fn belongs(name: &str, contents: Contents) -> bool {
    let hidden = name.split('/').any(|part| part.starts_with('.'));
    let item = [ITEMS, INPUTS].iter().any(|folder| {
        name.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    });
    !hidden && (contents.with_items || !item)
}

/// What is added first: who reads an archive from its beginning meets the signature before what it signs.
fn write(
    root: &Folder,
    manifest: &Manifest,
    added: &BTreeMap<&str, String>,
    mut to: Target,
) -> Result<()> {
    for (name, text) in added {
        to.add(name, text.len() as u64, |write| write(text.as_bytes()))?;
    }
    for entry in &manifest.files {
        to.add(&entry.file, entry.bytes, |write| {
            let mut hash = Hashing::default();
            read(root, &entry.file, &mut |bytes| {
                hash.add(bytes);
                write(bytes)
            })?;
            unchanged(entry, hash)
        })?;
    }
    to.finish()
}

fn copy(root: &Folder, name: &str, hash: &mut Hashing) -> Result<()> {
    read(root, name, &mut |bytes| {
        hash.add(bytes);
        Ok(())
    })
}

/// Hands a file on, piece by piece.
fn read(root: &Folder, name: &str, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let failed = |error: io::Error| Error::io("read", &root.0.join(name), &error);
    let mut from = root.open(name).map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer).map_err(failed)? {
            0 => return Ok(()),
            read => each(&buffer[..read])?,
        }
    }
}

fn unchanged(entry: &FileEntry, hash: Hashing) -> Result<()> {
    match hash.finish() == entry.sha256 {
        true => Ok(()),
        false => Err(
            Error::integrity(format_args!("{} changed while it was read", entry.file))
                .hint("pack the case when nobody writes into it"),
        ),
    }
}

#[derive(Default)]
struct Hashing {
    hash: sha2::Sha256,
    bytes: u64,
}

impl Hashing {
    fn add(&mut self, bytes: &[u8]) {
        use sha2::Digest;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    fn finish(self) -> String {
        use sha2::Digest;
        hallmark_verify::digest::hexadecimal(&self.hash.finalize())
    }
}
