//! The folder of an arm: answers and logs as text, so that `examine` reads them as it would anyone's.

use crate::record::{ArmRecord, FileRecord};
use crate::students::{Left, World};
use hallmark::files::keys;
use hallmark::json::to_json;
use hallmark::{Error, Result};
use hallmark_core::keys::{CohortKey, KeyFile};
use hallmark_harvest::Sha256Digest;
use hallmark_lab::Exchange;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The student's answers to prompts of the harvest.
pub const ANSWERS_HARVEST: &str = "answers-harvest.jsonl.zst";
/// The student's answers to other prompts.
pub const ANSWERS_GENERIC: &str = "answers-generic.jsonl.zst";
/// The control student's answers to prompts of the harvest.
pub const CONTROL_HARVEST: &str = "control-harvest.jsonl.zst";
/// The control student's answers to other prompts.
pub const CONTROL_GENERIC: &str = "control-generic.jsonl.zst";
/// The log of the tested key's answers.
pub const HARVEST: &str = "harvest.jsonl.zst";
/// The log of another key's answers.
pub const OTHER: &str = "other-key.jsonl.zst";
/// Unmarked answers.
pub const BACKGROUND: &str = "background.jsonl.zst";
/// The profile.
pub const PROFILE: &str = "profile.toml";
/// The tested key.
pub const TESTED_KEY: &str = "tested.key";
/// The other key.
pub const OTHER_KEY: &str = "other.key";
/// The student.
pub const STUDENT: &str = "student.safetensors";
/// What the arm is.
pub const ARM: &str = "arm.json";
/// What was found.
pub const EXAMINED: &str = "examined.json";

/// Writes all answers and logs of an arm into `folder`; `sub_keys` say which of a ring marked each answer under the tested key.
///
/// # Errors
/// When one cannot be written.
pub fn write_texts(
    folder: &Path,
    left: &Left,
    sub_keys: &[u32],
    world: &dyn World,
) -> Result<BTreeMap<String, FileRecord>> {
    let asked = &left.asked;
    let mut files = BTreeMap::new();
    for (name, exchanges) in [
        (ANSWERS_HARVEST, &asked.harvest.answers),
        (ANSWERS_GENERIC, &asked.generic.answers),
        (CONTROL_HARVEST, &asked.harvest.control),
        (CONTROL_GENERIC, &asked.generic.control),
        (HARVEST, &left.harvest),
        (OTHER, &left.other),
        (BACKGROUND, &left.background),
    ] {
        if exchanges.is_empty() {
            continue;
        }
        let sub_keys = match name {
            HARVEST => sub_keys,
            _ => &[],
        };
        let sha256 = write_exchanges(&folder.join(name), exchanges, sub_keys, world)?;
        let record = FileRecord {
            sha256,
            records: exchanges.len(),
            tokens: exchanges.iter().map(|exchange| exchange.answer.len()).sum(),
        };
        files.insert(name.to_owned(), record);
    }
    Ok(files)
}

/// Writes the two keys, made from a seed and so of no use in earnest.
///
/// # Errors
/// When one cannot be written.
pub fn write_keys(folder: &Path, tested: &CohortKey, other: Option<&CohortKey>) -> Result<()> {
    let comments = ["Key of a study, made from its seed: of no use in earnest.".to_owned()];
    let keys = [(TESTED_KEY, Some(tested)), (OTHER_KEY, other)];
    for (name, key) in keys
        .into_iter()
        .filter_map(|(name, key)| Some((name, key?)))
    {
        keys::write(&folder.join(name), &KeyFile::Cohort(key.clone()), &comments)?;
    }
    Ok(())
}

/// The arms in a folder of results, by name.
///
/// # Errors
/// When it cannot be read or holds none.
pub fn arms(folder: &Path) -> Result<Vec<(PathBuf, ArmRecord)>> {
    let failed = |error: &std::io::Error| Error::io("read the folder", folder, error);
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).map_err(|error| failed(&error))? {
        let path = entry.map_err(|error| failed(&error))?.path();
        if path.join(ARM).is_file() {
            let record = read_json(&path.join(ARM))?;
            found.push((path, record));
        }
    }
    if found.is_empty() {
        return Err(
            Error::usage(format_args!("{} holds no arm of a study", folder.display()))
                .hint("`hallmark study run --plan FILE --out DIR` makes them"),
        );
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// What in a folder cannot be read any more.
pub(crate) fn stale(error: &impl std::fmt::Display) -> Error {
    Error::usage(error).hint("the folder was made by another version, or changed: make it again")
}

/// Reads a JSON file that a study wrote.
///
/// # Errors
/// When it is not there, or not as a study writes it.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io("read", path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        Error::usage(error)
            .at(path.display())
            .hint("remove it and run or examine the study again")
    })
}

/// Writes a file that replaces an older one at once.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = path.with_extension("partial");
    std::fs::write(&partial, bytes)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|error| Error::io("write", path, &error))
}

/// An answer as an API gives it: text only.
#[derive(Serialize)]
struct Answered {
    prompt: String,
    response: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_key: Option<u32>,
}

fn write_exchanges(
    path: &Path,
    exchanges: &[Exchange],
    sub_keys: &[u32],
    world: &dyn World,
) -> Result<String> {
    let mut text = String::new();
    for (number, Exchange { prompt, answer }) in exchanges.iter().enumerate() {
        let answered = Answered {
            prompt: world.text(prompt),
            response: world.text(answer),
            sub_key: sub_keys.get(number).copied(),
        };
        text.push_str(&to_json(&answered, false)?);
        text.push('\n');
    }
    let packed = zstd::encode_all(text.as_bytes(), 6)
        .map_err(|error| Error::io("compress", path, &error))?;
    std::fs::write(path, &packed).map_err(|error| Error::io("write", path, &error))?;
    Ok(Sha256Digest::of(&packed).to_string())
}
