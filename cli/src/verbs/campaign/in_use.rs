//! Which keys are in use, by the files that name them.

use crate::failure::Outcome;
use hallmark::Error;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Digits of a public id.
const DIGITS: usize = 16;

/// Public ids that files name: runs of sixteen hexadecimal digits.
pub(super) struct InUse<'a> {
    files: Vec<(&'a Path, BTreeSet<String>)>,
}

impl<'a> InUse<'a> {
    /// Reads the files.
    pub(super) fn read(files: &'a [PathBuf]) -> Outcome<Self> {
        let read = |path: &'a PathBuf| Ok((path.as_path(), ids(path)?));
        let files = files.iter().map(read).collect::<Outcome<_>>()?;
        Ok(Self { files })
    }

    /// The first file that names a key.
    pub(super) fn place(&self, key_id: &str) -> Option<&'a Path> {
        let mut files = self.files.iter();
        files
            .find(|(_, ids)| ids.contains(key_id))
            .map(|(path, _)| *path)
    }
}

fn ids(path: &Path) -> Outcome<BTreeSet<String>> {
    let failed = |error: std::io::Error| Error::io("read", path, &error);
    let mut reader = BufReader::new(File::open(path).map_err(failed)?);
    let begin = reader.fill_buf().map_err(failed)?;
    if begin.starts_with(&[0x1f, 0x8b]) || begin.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Err(
            Error::usage("the file is compressed, and would name no key")
                .at(path.display())
                .hint("unpack it first"),
        );
    }
    let mut ids = BTreeSet::new();
    let mut run = String::new();
    loop {
        let bytes = reader.fill_buf().map_err(failed)?;
        for &byte in bytes {
            match byte.is_ascii_hexdigit() {
                // What is longer is no id, however long.
                true if run.len() <= DIGITS => run.push(byte.to_ascii_lowercase() as char),
                true => {}
                false => end(&mut run, &mut ids),
            }
        }
        let (read, is_over) = (bytes.len(), bytes.is_empty());
        if is_over {
            break;
        }
        reader.consume(read);
    }
    end(&mut run, &mut ids);
    let is_number = |id: &String| id.bytes().all(|byte| byte.is_ascii_digit());
    if ids.iter().all(is_number) {
        return Err(Error::usage("the file names no key by its public id")
            .at(path.display())
            .hint("give what names the keys in use: ledgers, commitments, results, cohorts.json; where none is in use yet, say --none-in-use"));
    }
    Ok(ids)
}

fn end(run: &mut String, ids: &mut BTreeSet<String>) {
    if run.len() == DIGITS {
        ids.insert(std::mem::take(run));
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Outcome<BTreeSet<String>> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).expect("it is written");
        ids(&path)
    }

    #[test]
    fn ids_are_runs_of_sixteen_digits_in_any_case() {
        let text = b"{\"key\":\"0123456789abcdef\",\"t\":1700000000000000} 00112233445566778 FEDCBA9876543210";
        let found = of(text).expect("it names keys");
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(
            found,
            ["0123456789abcdef", "1700000000000000", "fedcba9876543210"]
        );
        // Across the reader's buffers.
        let mut long = vec![b' '; (1 << 13) - 5];
        long.extend(b"0123456789abcdef");
        assert_eq!(of(&long).expect("it names one").len(), 1);
    }

    #[test]
    fn what_would_name_no_key_is_refused() {
        let packed = [0x1f, 0x8b, 8, 0];
        for bytes in [&b""[..], b"a,b\n1,2\n", b"1700000000000000", &packed] {
            assert!(of(bytes).is_err());
        }
    }
}
