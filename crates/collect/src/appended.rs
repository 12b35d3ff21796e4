//! A file of lines that only ever grows: locked while it is written, and mended after a crash.

use crate::error::CollectError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// A file that lines are added to.
pub(crate) struct Appended {
    file: File,
    path: PathBuf,
}

impl Appended {
    /// Opens or creates a file and reads the lines that it holds. A last line that has no end is
    /// what a crash left: it is put aside into a new file beside it, whose path is returned.
    pub(crate) fn open(
        path: &Path,
        mut line: impl FnMut(u64, &[u8]) -> Result<(), CollectError>,
    ) -> Result<(Self, Option<PathBuf>), CollectError> {
        let failed = |doing| move |error| CollectError::io(doing, path, error);
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(failed("open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(CollectError::Locked {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(CollectError::io("lock", path, error)),
        }
        let mut input = BufReader::new(&file);
        let mut whole = 0;
        let mut bytes = vec![];
        for number in 1.. {
            bytes.clear();
            let read = input
                .read_until(b'\n', &mut bytes)
                .map_err(failed("read"))?;
            if bytes.last() != Some(&b'\n') {
                break;
            }
            whole += read as u64;
            line(number, &bytes[..read - 1])?;
        }
        let torn = match bytes.len() {
            0 => None,
            _ => {
                let aside = put_aside(path, &bytes).map_err(failed("put a torn line of"))?;
                file.set_len(whole).map_err(failed("mend"))?;
                Some(aside)
            }
        };
        Ok((
            Self {
                file,
                path: path.to_owned(),
            },
            torn,
        ))
    }

    /// Adds a line in one write and sees it to the disk.
    pub(crate) fn add(&mut self, json: &str) -> Result<(), CollectError> {
        let line = format!("{json}\n");
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|error| CollectError::io("write", &self.path, error))
    }
}

/// Writes a torn line into `NAME.torn`, `NAME.torn-2`, …, whichever is new.
fn put_aside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    for number in 1.. {
        let mut name = path.as_os_str().to_owned();
        name.push(".torn");
        if number > 1 {
            name.push(format!("-{number}"));
        }
        let aside = PathBuf::from(name);
        match OpenOptions::new().write(true).create_new(true).open(&aside) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                file.sync_all()?;
                return Ok(aside);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    unreachable!("numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &Path) -> (Vec<String>, Option<PathBuf>, Appended) {
        let mut lines = vec![];
        let (file, torn) = Appended::open(path, |_, line| {
            lines.push(String::from_utf8_lossy(line).into_owned());
            Ok(())
        })
        .expect("opens");
        (lines, torn, file)
    }

    #[test]
    fn a_torn_line_is_put_aside_and_the_rest_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jsonl");
        let (none, torn, mut file) = lines(&path);
        assert!(none.is_empty() && torn.is_none());
        file.add("1").expect("writes");
        drop(file);
        for (text, kept, aside) in [
            ("1\n2\nto", vec!["1", "2"], "a.jsonl.torn"),
            ("1\nrn", vec!["1"], "a.jsonl.torn-2"),
        ] {
            std::fs::write(&path, text).expect("writes");
            let (found, torn, mut file) = lines(&path);
            assert_eq!(found, kept);
            assert_eq!(torn.expect("a torn line"), folder.path().join(aside));
            file.add("3").expect("writes");
            let contents = std::fs::read_to_string(&path).expect("reads");
            assert_eq!(contents, format!("{}\n3\n", kept.join("\n")));
        }
        let second = folder.path().join("a.jsonl.torn-2");
        assert_eq!(std::fs::read(second).expect("reads"), b"rn");
    }

    #[test]
    fn two_runs_do_not_write_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jsonl");
        let _first = lines(&path);
        let second = Appended::open(&path, |_, _| Ok(()));
        assert!(matches!(second, Err(CollectError::Locked { .. })));
    }
}
