//! The file of a ledger, as one process writes it.

use super::event::{Event, now};
use super::used::Used;
use crate::config::LedgerConfig;
use hallmark::{Error, Result};
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A ledger that is open to be written. It is this process's alone, and any number of its threads may use it.
pub struct Ledger {
    pub(super) path: PathBuf,
    open: Mutex<Open>,
    pub(super) tokens: bool,
    /// The process that opened it.
    process: u32,
}

pub(super) struct Open {
    file: File,
    /// The numbers of each key.
    pub(super) used: HashMap<String, Used>,
    /// Its length, all lines whole.
    length: u64,
}

/// The version of the format.
pub(super) const VERSION: u32 = 1;

impl Ledger {
    /// Opens a ledger, or makes it; numbers go on behind those that are there.
    ///
    /// # Errors
    /// When it cannot be written, another process writes it, or it is no ledger.
    pub fn open(config: &LedgerConfig) -> Result<Self> {
        let path = &config.file;
        let failed = |error: &std::io::Error| Error::io("open the ledger", path, error);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        // Token ids are answers of people's: for the owner alone.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::usage("another process writes this ledger")
                    .at(path.display())
                    .hint("give each process a ledger of its own, and let the gateway number requests: `hallmark ledger` reads several together"));
            }
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        let mut used = HashMap::new();
        let torn = numbers(path, &file, &mut used)?;
        // Only now is it known to be a ledger.
        make_private(&file).map_err(|error| failed(&error))?;
        let length = file.metadata().map_err(|error| failed(&error))?.len();
        let ledger = Self {
            path: path.clone(),
            open: Mutex::new(Open { file, used, length }),
            process: std::process::id(),
            tokens: config.tokens,
        };
        if torn {
            ledger.with(|open| ledger.append_bytes(open, b"\n"))?;
        }
        ledger.write(&Event::Open {
            ledger: VERSION,
            time: now(),
        })?;
        Ok(ledger)
    }

    pub(super) fn write(&self, event: &Event) -> Result<()> {
        self.with(|open| self.append(open, event))
    }

    pub(super) fn append(&self, open: &mut Open, event: &Event) -> Result<()> {
        let mut line = hallmark::json::to_json(event, false)?;
        line.push('\n');
        self.append_bytes(open, line.as_bytes())
    }

    /// Writes a whole line, or nothing of it.
    fn append_bytes(&self, open: &mut Open, line: &[u8]) -> Result<()> {
        if let Err(error) = open.file.write_all(line) {
            // Where even this fails, the line is torn, and the next one begins on it: the reader counts both as torn.
            let _ = open.file.set_len(open.length);
            return Err(self.cannot(&error));
        }
        open.length += line.len() as u64;
        Ok(())
    }

    /// Whether this process opened it: a child that was forked shares its parent's lock.
    pub(super) fn is_ours(&self) -> bool {
        self.process == std::process::id()
    }

    pub(super) fn with<R>(&self, work: impl FnOnce(&mut Open) -> R) -> R {
        work(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn cannot(&self, error: &std::io::Error) -> Error {
        Error::io("write the ledger", &self.path, error)
            .hint("a request whose tokens are not in the ledger is a hole in the evidence: make room, or move the ledger")
    }
}

/// Token ids are answers of people's: for the owner alone, whoever made the file.
#[cfg(unix)]
fn make_private(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

/// The same where the system has no modes.
#[cfg(not(unix))]
fn make_private(_file: &File) -> std::io::Result<()> {
    Ok(())
}

/// Finds the numbers that are given, and whether the last line is torn.
fn numbers(path: &Path, file: &File, used: &mut HashMap<String, Used>) -> Result<bool> {
    let failed = |error: &std::io::Error| Error::io("read the ledger", path, error);
    let mut reader = BufReader::with_capacity(1 << 20, file);
    reader
        .seek(SeekFrom::Start(0))
        .map_err(|error| failed(&error))?;
    let mut line = Vec::new();
    let mut place = 0;
    loop {
        line.clear();
        place += 1;
        if reader
            .read_until(b'\n', &mut line)
            .map_err(|error| failed(&error))?
            == 0
        {
            return Ok(false);
        }
        let torn = line.last() != Some(&b'\n');
        if torn && place > 1 {
            return Ok(true);
        }
        match serde_json::from_slice(&line) {
            Ok(Event::Begin { key, number, .. } | Event::End { key, number, .. }) => {
                used.entry(key).or_default().insert(number);
            }
            Ok(Event::Open { ledger, .. }) if ledger == VERSION && !torn => {}
            _ if place > 1 => {}
            _ => {
                return Err(Error::usage("this file is no ledger of this version")
                    .at(format_args!("{}:{place}", path.display()))
                    .hint("name a new file"));
            }
        }
    }
}
