//! The control sample of T2r: answers of a model without the mark.

use crate::error::Result;
use crate::progress::Step;
use crate::read::{self, Inputs, Reading, Skipped};
use crate::text::shown;
use hallmark_core::profile::Profile;
use hallmark_detector::Examination;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The control sample of T2r.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its files.
    pub files: Vec<String>,
    /// Answers.
    pub answers: u64,
    /// Tokens in them.
    pub tokens: u64,
    /// How they were read.
    #[serde(default)]
    pub reading: Reading,
    /// Records that were skipped.
    pub skipped: Skipped,
}

/// Reads the control sample into the examination.
pub(super) fn observe(
    files: &[PathBuf],
    inputs: &Inputs,
    profile: &Profile,
    examination: &mut Examination,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Option<Reference>> {
    if files.is_empty() {
        return Ok(None);
    }
    let (mut answers, mut tokens) = (0, 0);
    let read = read::read(
        &inputs.with(files),
        profile,
        progress,
        |record| {
            answers += 1;
            tokens += record.tokens.len() as u64;
            Ok(())
        },
        |raw| Ok(examination.observe_reference(&raw)?),
    )?;
    Ok(Some(Reference {
        files: files.iter().map(|path| shown(path)).collect(),
        answers,
        tokens,
        reading: read.reading,
        skipped: read.skipped,
    }))
}
