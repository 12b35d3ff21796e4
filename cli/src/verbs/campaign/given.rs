//! What is given to the verbs of campaigns: a root key, a scan's result, a list.

use crate::failure::Outcome;
use hallmark::Error;
use hallmark::files::keys;
use hallmark_campaign::results::Scanned;
use hallmark_core::keys::{KeyFile, RootKey};
use std::io::Read;
use std::path::Path;

/// The longest result or list that is read, in bytes.
const MAX_BYTES: u64 = 4 << 30;

/// The root key of a file.
pub(super) fn root(path: &Path) -> Outcome<RootKey> {
    match keys::read(path)? {
        KeyFile::Root(root) => Ok(root),
        _ => Err(Error::usage("the file holds no root key")
            .at(path.display())
            .hint("pseudonyms and keys of cohorts are derived from a root key, as `hallmark keygen` writes it")),
    }
}

/// What a scan printed.
pub(super) fn result(path: &Path) -> Outcome<Scanned> {
    let scanned: Scanned = serde_json::from_str(&text(path)?).map_err(|error| {
        Error::usage(error)
            .at(path.display())
            .hint("give what `hallmark --format json campaign scan` printed")
    })?;
    scanned.check().map_err(|wrong| {
        Error::integrity(wrong)
            .at(path.display())
            .hint("the result was changed: scan again")
    })?;
    Ok(scanned)
}

/// A file of text, or stdin.
pub(super) fn text(path: &Path) -> Outcome<String> {
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().take(MAX_BYTES).read_to_string(&mut text),
        false => std::fs::File::open(path)
            .and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text)),
    };
    read.map_err(|error| Error::io("read", path, &error))?;
    if text.starts_with('\u{feff}') {
        text.drain(..3);
    }
    Ok(text)
}
