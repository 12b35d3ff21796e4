//! A bundle, checked from its digests to its arithmetic: one line a check.

mod commitments;
mod contents;
mod runs;
mod signed;

use crate::check::{Check, Verdict};
use crate::files::Files;
use crate::formats::{CaseLog, CasePlan, Commitments, Manifest, VerifyFormat};
use crate::note::VerifierKey;
use ed25519_dalek::VerifyingKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read;

/// Whom the reader trusts, known from elsewhere than the bundle. Without it the bundle's own keys are taken, and the check says so.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Who may have signed the plan and the bundle.
    pub signers: Vec<VerifyingKey>,
    /// The log's key.
    pub log: Option<VerifierKey>,
    /// Root certificates of timestamping authorities, in PEM.
    pub timestamp_roots: Vec<String>,
}

/// The result of `verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// The name of this format.
    pub schema: VerifyFormat,
    /// Whether no check fails.
    pub holds: bool,
    /// Every check.
    pub checks: Vec<Check>,
}

impl Verified {
    /// What came of some checks.
    #[must_use]
    pub fn of(checks: Vec<Check>) -> Self {
        Self {
            schema: VerifyFormat,
            holds: checks.iter().all(|check| check.verdict != Verdict::Fails),
            checks,
        }
    }
}

/// Checks a bundle.
#[must_use]
pub fn verify(files: &dyn Files, trust: &Trust) -> Verified {
    let mut checks = vec![];
    let listed = match files.list() {
        Ok(listed) => listed,
        Err(error) => {
            return Verified::of(vec![Check::fails(
                "the bundle can be read",
                error.to_string(),
            )]);
        }
    };
    let bundle = Bundle { files, listed };
    contents::check(&bundle, &mut checks);
    signed::check(&bundle, trust, &mut checks);
    let plan = bundle.plan(&mut checks);
    let commitments: Option<Commitments> = bundle.json(Commitments::FILE, &mut checks);
    let log = bundle.case_log(&mut checks);
    if let (Some((plan, plan_sha256)), Some(commitments), Some(log)) = (plan, commitments, log) {
        commitments::check(&bundle, &plan, &commitments, &mut checks);
        runs::check(&bundle, &plan, &plan_sha256, &log, &mut checks);
    }
    Verified::of(checks)
}

/// A bundle's files.
struct Bundle<'a> {
    files: &'a dyn Files,
    listed: BTreeMap<String, u64>,
}

/// The longest text of a bundle that is read, in bytes.
const MAX_TEXT: u64 = 256 << 20;

/// The longest file of cells that is read, in bytes.
const MAX_CELLS: u64 = 64 << 30;

impl Bundle<'_> {
    /// A whole file.
    fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        let size = *self.listed.get(name).ok_or("it is not there")?;
        if size > most {
            return Err(format!(
                "{size} bytes are more than the {most} that are read"
            ));
        }
        let mut bytes = vec![];
        let room = usize::try_from(size).map(|size| bytes.try_reserve_exact(size));
        if !matches!(room, Ok(Ok(()))) {
            return Err(format!("there is not memory enough for its {size} bytes"));
        }
        let opened = self.files.open(name).map_err(|error| error.to_string())?;
        opened
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    fn text(&self, name: &str) -> Result<String, String> {
        String::from_utf8(self.read(name, MAX_TEXT)?).map_err(|_| "it is no text".to_owned())
    }

    /// A file of JSON; where it is none, a check fails.
    fn json<T: DeserializeOwned>(&self, name: &str, checks: &mut Vec<Check>) -> Option<T> {
        let read = self
            .text(name)
            .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
        read.map_err(|error| checks.push(Check::fails(format!("{name} can be read"), error)))
            .ok()
    }

    fn plan(&self, checks: &mut Vec<Check>) -> Option<(CasePlan, String)> {
        let name = CasePlan::FILE;
        let read = self.text(name).and_then(|text| {
            let plan = toml::from_str(&text).map_err(|error| error.message().to_owned())?;
            Ok((plan, crate::digest::sha256(text.as_bytes())))
        });
        read.map_err(|error| checks.push(Check::fails(format!("{name} can be read"), error)))
            .ok()
    }

    fn case_log(&self, checks: &mut Vec<Check>) -> Option<CaseLog> {
        let name = CaseLog::FILE;
        let read = self
            .text(name)
            .and_then(|text| CaseLog::read(&text).map_err(|error| error.to_string()));
        let what = "case-log.jsonl: every line follows from the one before";
        match read {
            Ok(log) => {
                checks.push(Check::holds(what));
                Some(log)
            }
            Err(error) => {
                checks.push(Check::fails(what, error));
                None
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        self.listed.contains_key(name)
    }

    fn manifest(&self) -> Result<Manifest, String> {
        let text = self.text(Manifest::FILE)?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }
}
