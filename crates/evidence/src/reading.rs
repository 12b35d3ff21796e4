//! A bundle's files, read as what they are. What is wrong with them is `verify`'s to say.

use hallmark::{Error, Result};
use hallmark_verify::files::Files;
use hallmark_verify::formats::{CaseLog, CasePlan};
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::io::Read;

/// The longest file that is read, in bytes.
const MOST: u64 = 4 << 30;

/// A bundle.
pub(crate) struct Bundle<'a>(pub(crate) &'a dyn Files);

impl Bundle<'_> {
    /// A whole file.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let failed =
            |error: std::io::Error| Error::usage(format_args!("cannot read {name}: {error}"));
        let mut bytes = vec![];
        let from = self.0.open(name).map_err(failed)?;
        from.take(MOST).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    /// A file of text.
    pub(crate) fn text(&self, name: &str) -> Result<String> {
        String::from_utf8(self.bytes(name)?).map_err(|_| damaged(name, &"it is no text"))
    }

    /// A file of JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        serde_json::from_str(&self.text(name)?).map_err(|error| damaged(name, &error))
    }

    /// The plan, and its text.
    pub(crate) fn plan(&self) -> Result<(CasePlan, String)> {
        let text = self.text(CasePlan::FILE)?;
        let plan =
            toml::from_str(&text).map_err(|error| damaged(CasePlan::FILE, &error.message()))?;
        Ok((plan, text))
    }

    /// The case's log.
    pub(crate) fn log(&self) -> Result<CaseLog> {
        CaseLog::read(&self.text(CaseLog::FILE)?).map_err(|error| damaged(CaseLog::FILE, &error))
    }
}

/// A file that is not what it should be.
pub(crate) fn damaged(name: &str, error: &dyn Display) -> Error {
    Error::integrity(format_args!("{name}: {error}"))
        .hint("`hallmark verify` says what is wrong with the bundle")
}
