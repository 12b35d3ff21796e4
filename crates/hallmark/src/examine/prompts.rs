//! Whose log the prompts were chosen from.

use super::tried::TriedKey;
use crate::error::{Error, Result};
use crate::text::shown;
use serde::Deserialize;
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
}

/// Whether results of `probe` say that the log they chose prompts from was marked by one of these keys.
pub(super) fn chosen_by(probes: &[PathBuf], keys: &[TriedKey]) -> Result<bool> {
    let mut chosen = false;
    for path in probes {
        let probed = read(path)?;
        chosen |= probed
            .log_marked_by
            .iter()
            .any(|id| keys.iter().any(|key| key.is(id)));
    }
    Ok(chosen)
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
        Some(_) => Ok(probed),
        None => Err(no_result(format!("it is {:?}", probed.schema))),
    }
}
