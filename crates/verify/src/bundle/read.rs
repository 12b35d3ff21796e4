//! A bundle's files, read as what they are.

use crate::check::Check;
use crate::files::Files;
use crate::formats::{CaseLog, CasePlan, Manifest};
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;

/// A bundle's files.
pub(super) struct Bundle<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) listed: BTreeMap<String, u64>,
    /// What runs' inputs were found to have: many runs may name one file.
    digests: RefCell<BTreeMap<String, String>>,
}

/// The longest text of a bundle that is read, in bytes.
pub(super) const MAX_TEXT: u64 = 256 << 20;

/// The longest file of cells that is read, in bytes.
pub(super) const MAX_CELLS: u64 = 64 << 30;

impl<'a> Bundle<'a> {
    pub(super) fn new(files: &'a dyn Files, listed: BTreeMap<String, u64>) -> Self {
        Self {
            files,
            listed,
            digests: RefCell::default(),
        }
    }

    /// SHA-256 of a file, read once; or why it cannot be read.
    pub(super) fn digest(&self, name: &str) -> String {
        let read = || {
            let found = self.files.open(name).and_then(crate::digest::of_reader);
            found.map_or_else(|error| error.to_string(), |(sha256, _)| sha256)
        };
        let mut digests = self.digests.borrow_mut();
        digests.entry(name.to_owned()).or_insert_with(read).clone()
    }

    /// A whole file.
    pub(super) fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, String> {
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

    pub(super) fn text(&self, name: &str) -> Result<String, String> {
        String::from_utf8(self.read(name, MAX_TEXT)?).map_err(|_| "it is no text".to_owned())
    }

    /// A file of JSON; where it is none, a check fails.
    pub(super) fn json<T: DeserializeOwned>(
        &self,
        name: &str,
        checks: &mut Vec<Check>,
    ) -> Option<T> {
        let read = self
            .text(name)
            .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
        read.map_err(|error| checks.push(Check::fails(format!("{name} can be read"), error)))
            .ok()
    }

    pub(super) fn plan(&self, checks: &mut Vec<Check>) -> Option<(CasePlan, String)> {
        let name = CasePlan::FILE;
        let read = self.text(name).and_then(|text| {
            let plan = toml::from_str(&text).map_err(|error| error.message().to_owned())?;
            Ok((plan, crate::digest::sha256(text.as_bytes())))
        });
        read.map_err(|error| checks.push(Check::fails(format!("{name} can be read"), error)))
            .ok()
    }

    pub(super) fn case_log(&self, checks: &mut Vec<Check>) -> Option<CaseLog> {
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

    pub(super) fn has(&self, name: &str) -> bool {
        self.listed.contains_key(name)
    }

    pub(super) fn manifest(&self) -> Result<Manifest, String> {
        let text = self.text(Manifest::FILE)?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }
}

/// A file's name without its ending.
pub(super) fn stem(file: &str) -> &str {
    file.split_once('.').map_or(file, |(stem, _)| stem)
}
