//! A digest is logged, and what proves it stands in files.

use crate::log::Log;
use crate::signer::Signer;
use hallmark::Result;
use hallmark_verify::formats::{CasePlan, Commitments, LogEntry};
use std::path::Path;

/// Files that prove that something was logged, each with its name.
pub type Proofs = Vec<(&'static str, Vec<u8>)>;

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
}

impl Kind {
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Commitments => ("commitments", Commitments::FILE, "commitments.tlog-proof"),
            Self::CasePlan => ("case-plan", CasePlan::FILE, "plan.tlog-proof"),
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
        }
    }
}

impl LogAt<'_> {
    /// Logs the SHA-256, in hexadecimal, of a file.
    ///
    /// # Errors
    /// When the log cannot be written, or is another's.
    pub fn write(&self, kind: Kind, sha256: &str) -> Result<Proofs> {
        let (name, _, proof) = kind.names();
        let own = format!("hallmark-log/{}", self.signer.id());
        let log = Log::open_or_create(self.folder, self.origin.unwrap_or(&own))?;
        let entry = LogEntry { kind: name, sha256 };
        let index = log.append(&entry.bytes(), self.signer.signing_key())?;
        let public = log.public_key()?.map(|key| format!("{key}\n"));
        Ok(vec![
            (proof, log.prove(index)?.into_bytes()),
            ("log.pub", public.unwrap_or_default().into_bytes()),
        ])
    }
}
