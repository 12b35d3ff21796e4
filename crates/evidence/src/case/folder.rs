//! The folder of a case, open for one program at a time, and its log.

use hallmark::{Error, Result};
use hallmark_harvest::Sha256Digest;
use hallmark_verify::formats::{CaseLog, CasePlan, Event, Manifest};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A case that is open: nobody else writes into it meanwhile.
#[derive(Debug)]
pub struct Case {
    pub(super) root: PathBuf,
    pub(super) plan: CasePlan,
    pub(super) plan_sha256: String,
    pub(super) log: CaseLog,
    /// Held while the case is open.
    _lock: File,
}

/// The folder of answers.
pub const ITEMS: &str = "items";

/// The folder of files that shape the examination.
pub const INPUTS: &str = "inputs";

/// The folder of runs.
pub const RUNS: &str = "runs";

/// The file that says that somebody writes into the case.
const LOCK: &str = ".lock";

/// The longest plan, list of commitments or log that is read, in bytes.
const MAX_TEXT: u64 = 64 << 20;

impl Case {
    /// Opens a case.
    ///
    /// # Errors
    /// When it is no case, a file of it cannot be read or is damaged, or another program has it open.
    pub fn open(root: &Path) -> Result<Self> {
        let not_a_case =
            |error: Error| error.hint("give the folder that `hallmark plan --case` made");
        let plan = text(&root.join(CasePlan::FILE)).map_err(not_a_case)?;
        if root.join(Manifest::FILE).exists() {
            return Err(Error::usage(
                "this is a bundle, and what is added to it breaks its signature",
            )
            .at(root.display())
            .hint("give the case that it was made of"));
        }
        let lock = File::options()
            .create(true)
            .append(true)
            .open(root.join(LOCK))
            .map_err(|error| Error::io("lock", root, &error))?;
        lock.try_lock().map_err(|_| {
            Error::usage(format_args!(
                "{} is in use by another program",
                root.display()
            ))
            .hint("wait until it is done: a case is written by one program at a time")
        })?;
        let parsed = toml::from_str(&plan).map_err(|error| {
            Error::integrity(error.message())
                .at(format_args!("{}", root.join(CasePlan::FILE).display()))
        })?;
        Ok(Self {
            plan: parsed,
            plan_sha256: sha256(plan.as_bytes()),
            log: read_log(root)?,
            root: root.to_owned(),
            _lock: lock,
        })
    }

    /// Its plan.
    #[must_use]
    pub fn plan(&self) -> &CasePlan {
        &self.plan
    }

    /// Its folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Adds a line to the log, which is then on disk whole.
    pub(super) fn record(&mut self, event: Event) -> Result<()> {
        self.log = record(&self.root, &self.log, event)?;
        Ok(())
    }
}

/// Adds a line to the log of a case's folder.
pub(super) fn record(root: &Path, log: &CaseLog, event: Event) -> Result<CaseLog> {
    let path = root.join(CaseLog::FILE);
    let failed = |error: std::io::Error| Error::io("write", &path, &error);
    let line = log
        .next(now(log), event)
        .map_err(|error| Error::usage(format_args!("cannot write the case's log: {error}")))?;
    // The whole log is written anew beside the old one, so that a program that is killed leaves one or the other.
    let mut whole = match path.exists() {
        true => text(&path)?,
        false => String::new(),
    };
    whole.push_str(&line);
    whole.push('\n');
    let mut file = tempfile::Builder::new()
        .prefix(".hallmark-")
        .tempfile_in(root)
        .map_err(failed)?;
    file.write_all(whole.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&path)
        .map_err(|error| Error::io("write", &path, &error.error))?;
    CaseLog::read(&whole).map_err(|error| Error::integrity(error).at(path.display()))
}

/// The time by the clock of the machine; where that was put back, the time of the last line.
fn now(log: &CaseLog) -> String {
    let last = log.entries.last();
    let last = last.and_then(|entry| entry.time.parse::<jiff::Timestamp>().ok());
    let now = jiff::Timestamp::now();
    last.map_or(now, |last| last.max(now)).to_string()
}

fn read_log(root: &Path) -> Result<CaseLog> {
    let path = root.join(CaseLog::FILE);
    CaseLog::read(&text(&path)?).map_err(|error| {
        Error::integrity(error)
            .at(path.display())
            .hint("the log was changed by hand: restore it, or say so and begin a new case")
    })
}

/// A whole file of text.
pub(super) fn text(path: &Path) -> Result<String> {
    let length = std::fs::metadata(path)
        .map_err(|error| Error::io("read", path, &error))?
        .len();
    if length > MAX_TEXT {
        return Err(
            Error::usage(format_args!("{length} bytes are more than {MAX_TEXT}"))
                .at(path.display()),
        );
    }
    std::fs::read_to_string(path).map_err(|error| Error::io("read", path, &error))
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256Digest::of(bytes).to_string()
}
