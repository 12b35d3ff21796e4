//! A digest is logged, and what proves it stands in files.

use crate::case::Case;
use crate::log::Log;
use crate::signer::Signer;
use crate::twins::Committed;
use hallmark::files::write_new;
use hallmark::{Error, Result};
use hallmark_verify::digest::sha256;
use hallmark_verify::formats::{CasePlan, Commitments, LogEntry, LogFiles};
use hallmark_verify::note::VerifierKey;
use hallmark_verify::tlog::TlogProof;
use std::path::{Path, PathBuf};

/// Files that prove that something was logged, each with its name.
pub type Proofs = Vec<(String, Vec<u8>)>;

/// A log, and who signs it.
#[derive(Clone, Copy, Debug)]
pub struct LogAt<'a> {
    /// Its folder, which is made where there is none.
    pub folder: &'a Path,
    /// The name of a new log; `hallmark-log/` and the key's id where nothing is said.
    pub origin: Option<&'a str>,
    /// The log's key.
    pub signer: &'a Signer,
}

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file of commitments.
    Commitments,
    /// A plan.
    CasePlan,
    /// What is published of ghost twins.
    Twins,
}

impl Kind {
    /// The kinds of a case, in the order in which they are made.
    pub const ALL: [Self; 2] = [Self::Commitments, Self::CasePlan];

    /// The name in a log, the file, and what names of proofs begin with.
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Commitments => ("commitments", Commitments::FILE, "commitments"),
            Self::CasePlan => ("case-plan", CasePlan::FILE, "plan"),
            Self::Twins => ("twins", "twins.json", "twins"),
        }
    }

    /// The name of the file.
    #[must_use]
    pub const fn file(self) -> &'static str {
        self.names().1
    }

    /// The name of its timestamp.
    #[must_use]
    pub const fn timestamp(self) -> &'static str {
        match self {
            Self::Commitments => "commitments.tsr",
            Self::CasePlan => "plan.tsr",
            Self::Twins => "twins.tsr",
        }
    }

    /// What a log has for a file of this kind: its digest, and nothing else of it.
    #[must_use]
    pub fn entry(self, content: &[u8]) -> Vec<u8> {
        let sha256 = sha256(content);
        let kind = self.names().0;
        let entry = LogEntry {
            kind,
            sha256: &sha256,
        };
        entry.bytes()
    }

    /// The kind of a file by its content.
    ///
    /// # Errors
    /// When it is none that is logged.
    pub fn of(content: &str) -> Result<Self> {
        if serde_json::from_str::<Commitments>(content).is_ok() {
            return Ok(Self::Commitments);
        }
        if toml::from_str::<CasePlan>(content).is_ok() {
            return Ok(Self::CasePlan);
        }
        if serde_json::from_str::<Committed>(content).is_ok() {
            return Ok(Self::Twins);
        }
        Err(Error::usage("it is neither commitments nor a plan").hint(
            "give the commitments.json that `commit` wrote, the plan.toml that `plan` wrote, or the twins.json that `twins commit` wrote",
        ))
    }
}

impl LogAt<'_> {
    /// Logs the SHA-256, in hexadecimal, of a file.
    ///
    /// # Errors
    /// When the log cannot be written, or is another's.
    pub fn write(&self, kind: Kind, sha256: &str) -> Result<Proofs> {
        let (name, _, stem) = kind.names();
        let entry = LogEntry { kind: name, sha256 };
        let (proof, public) = self.append(&entry.bytes())?;
        Ok(vec![
            (LogFiles::OWN.proof(stem), proof.into_bytes()),
            (LogFiles::OWN.key.to_owned(), public.into_bytes()),
        ])
    }

    /// Writes any entry to the log: its proof, and the log's public key as a line.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn append(&self, entry: &[u8]) -> Result<(String, String)> {
        let own = || format!("hallmark-log/{}", self.signer.id());
        let log = match self.origin {
            Some(origin) => Log::open_or_create(self.folder, origin)?,
            // A log that is there keeps its name.
            None => Log::open(self.folder).or_else(|_| Log::open_or_create(self.folder, &own()))?,
        };
        let index = log.append(entry, self.signer.signing_key())?;
        let public = log.public_key()?.map(|key| format!("{key}\n"));
        Ok((log.prove(index)?, public.unwrap_or_default()))
    }
}

/// Puts proofs that a log elsewhere has commitments or plan into a case, with the log's key; each is checked first.
///
/// # Errors
/// When one proves neither, or the case has another log's.
pub fn bring(case: &Case, proofs: &[PathBuf], key: &VerifierKey) -> Result<()> {
    let read = |path: &Path| std::fs::read(path).map_err(|error| Error::io("read", path, &error));
    let mut kept = vec![];
    for path in proofs {
        let bytes = read(path)?;
        let proof =
            TlogProof::parse(&bytes).map_err(|error| Error::usage(error).at(path.display()))?;
        let mut why = None;
        let mut proves = |kind: &Kind| -> Result<bool> {
            let content = read(&case.root().join(kind.file()))?;
            let verified = proof.verify(&kind.entry(&content), key);
            let holds = verified.is_ok();
            why = verified.err().or(why.take());
            Ok(holds)
        };
        let mut of = None;
        for kind in Kind::ALL {
            if of.is_none() && proves(&kind)? {
                of = Some(kind);
            }
        }
        let Some(kind) = of else {
            let why = why.map_or_else(String::new, |error| error.to_string());
            return Err(Error::integrity(format_args!(
                "{} proves neither that the commitments nor that the plan is in {}: {why}",
                path.display(),
                key.name()
            ))
            .hint("the log's entry is what `hallmark tlog entry FILE` prints, byte by byte"));
        };
        kept.push((LogFiles::EXTERNAL.proof(kind.names().2), bytes));
    }
    kept.push((
        LogFiles::EXTERNAL.key.to_owned(),
        format!("{key}\n").into_bytes(),
    ));
    kept.iter()
        .try_for_each(|(name, content)| keep(&case.root().join(name), content))
}

/// Writes what proves something; it may be there already, and must be the same.
pub(crate) fn keep(path: &Path, content: &[u8]) -> Result<()> {
    match std::fs::read(path) {
        Ok(there) if there == content => Ok(()),
        Ok(_) => Err(Error::usage(format_args!(
            "{} is there with another content",
            path.file_name().unwrap_or_default().to_string_lossy()
        ))
        .hint("log commitments and plan of a case in one log")),
        Err(_) => write_new(path, content),
    }
}
