//! Whose log the prompts were chosen from.

use super::tried::TriedKey;
use crate::error::{Error, Result};
use crate::text::shown;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest result of `probe` that is read, in bytes.
const MAX_RESULT: u64 = 1 << 20;

/// What a result of `probe` says of the log: the rest is its own.
#[derive(Deserialize)]
struct Probed {
    schema: String,
    #[serde(default)]
    log_marked_by: Vec<String>,
    /// Without any, nothing says whose log it was.
    #[serde(default)]
    indexes: Vec<IgnoredAny>,
    prompts: Option<Prompts>,
}

#[derive(Deserialize)]
struct Prompts {
    sha256: String,
}

/// What results of `probe` say of the prompts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chosen {
    /// Whether a tested key is among those that marked the log.
    pub(super) by_tested_key: bool,
    /// Whether the collection's log says that just these prompts were asked, and each result whose log they are from.
    pub(super) were_asked: bool,
}

/// What results of `probe` say of the prompts of answers whose logs of collection name prompts by these digests.
pub(super) fn chosen(
    probes: &[PathBuf],
    keys: &[TriedKey],
    asked: Option<&[String]>,
) -> Result<Chosen> {
    let mut by_tested_key = false;
    let mut prompts = vec![];
    let mut is_named = true;
    for path in probes {
        let probed = read(path)?;
        by_tested_key |= probed
            .log_marked_by
            .iter()
            .any(|id| keys.iter().any(|key| key.is(&id.to_lowercase())));
        is_named &= !probed.indexes.is_empty();
        prompts.extend(probed.prompts.map(|prompts| prompts.sha256));
    }
    let stranger = asked.and_then(|asked| asked.iter().find(|asked| !prompts.contains(asked)));
    if let (Some(asked), false) = (stranger, probes.is_empty()) {
        return Err(Error::integrity(format_args!(
            "the log of the collection says that other prompts were asked (SHA-256 {asked}) than the results of `probe` name"
        ))
        .hint("give the results of `probe` that chose the prompts of these answers, all of them"));
    }
    Ok(Chosen {
        by_tested_key,
        were_asked: asked.is_some() && !probes.is_empty() && is_named,
    })
}

fn read(path: &Path) -> Result<Probed> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MAX_RESULT).read_to_string(&mut text))
        .map_err(|error| Error::io("read", path, &error).hint("check the path"))?;
    let no_result = |what: String| {
        Error::usage(format_args!(
            "{} is no result of `probe`: {what}",
            shown(path)
        ))
        .hint("give the JSON that `probe` wrote beside the prompts")
    };
    let probed: Probed =
        serde_json::from_str(&text).map_err(|error| no_result(error.to_string()))?;
    match probed.schema.strip_prefix("hallmark/probe/") {
        Some("1") => Err(no_result(
            "it is of version 1, which does not say whose log it was".to_owned(),
        )),
        Some("2") => Ok(probed),
        Some(_) => Err(no_result(format!(
            "it is {:?}, of a later version",
            probed.schema
        ))),
        None => Err(no_result(format!("it is {:?}", probed.schema))),
    }
}
