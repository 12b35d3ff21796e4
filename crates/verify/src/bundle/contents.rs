//! Digests: every file is as the manifest says, and there is no other.

use super::read::Bundle;
use crate::check::Check;
use crate::digest;
use crate::formats::{FileEntry, Manifest};
use std::collections::BTreeSet;

pub(super) fn check(bundle: &Bundle<'_>, checks: &mut Vec<Check>) {
    let manifest = match bundle.manifest() {
        Ok(manifest) => manifest,
        Err(error) => {
            checks.push(Check::fails("manifest.json can be read", error));
            return;
        }
    };
    let mut named = BTreeSet::from([Manifest::FILE, Manifest::SIGNED]);
    for entry in &manifest.files {
        checks.push(file(bundle, entry));
        if !named.insert(&entry.file) {
            checks.push(Check::fails(&*entry.file, "the manifest names it twice"));
        }
    }
    let others = bundle
        .listed
        .keys()
        .filter(|name| !named.contains(&name[..]));
    let others: Vec<&str> = others.map(String::as_str).collect();
    let what = "no file is there that the manifest does not name";
    checks.push(match others.is_empty() {
        true => Check::holds(what),
        false => Check::fails(what, others.join(", ")),
    });
}

fn file(bundle: &Bundle<'_>, entry: &FileEntry) -> Check {
    let what = format!("{}: SHA-256 and size", entry.file);
    let read = bundle.files.open(&entry.file).and_then(digest::of_reader);
    match read {
        Err(error) => Check::fails(what, error.to_string()),
        Ok((sha256, bytes)) if sha256 != entry.sha256 || bytes != entry.bytes => Check::fails(
            what,
            format!(
                "{bytes} bytes, {sha256}; the manifest says {} bytes, {}",
                entry.bytes, entry.sha256
            ),
        ),
        Ok(_) => Check::holds(what),
    }
}
