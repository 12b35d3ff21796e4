//! The folder of an arm: answers and logs as text, so that `examine` reads them as it would anyone's.

use crate::failure::{Failure, Outcome};
use crate::key_files;
use crate::output::to_json;
use crate::study::record::{ArmRecord, FileRecord};
use hallmark_core::keys::{CohortKey, KeyFile};
use hallmark_lab::Exchange;
use hallmark_study::students::{Left, World};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) const ANSWERS_HARVEST: &str = "answers-harvest.jsonl.zst";
pub(crate) const ANSWERS_GENERIC: &str = "answers-generic.jsonl.zst";
pub(crate) const CONTROL_HARVEST: &str = "control-harvest.jsonl.zst";
pub(crate) const CONTROL_GENERIC: &str = "control-generic.jsonl.zst";
pub(crate) const HARVEST: &str = "harvest.jsonl.zst";
pub(crate) const OTHER: &str = "other-key.jsonl.zst";
pub(crate) const BACKGROUND: &str = "background.jsonl.zst";
pub(crate) const PROFILE: &str = "profile.toml";
pub(crate) const TESTED_KEY: &str = "tested.key";
pub(crate) const OTHER_KEY: &str = "other.key";
pub(crate) const STUDENT: &str = "student.safetensors";
pub(crate) const ARM: &str = "arm.json";
pub(crate) const EXAMINED: &str = "examined.json";

/// Writes all answers and logs of an arm into `folder`.
pub(crate) fn write_texts(
    folder: &Path,
    left: &Left,
    world: &dyn World,
) -> Outcome<BTreeMap<String, FileRecord>> {
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
        let sha256 = write_exchanges(&folder.join(name), exchanges, world)?;
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
pub(crate) fn write_keys(
    folder: &Path,
    tested: &CohortKey,
    other: Option<&CohortKey>,
) -> Outcome<()> {
    let comments = ["Key of a study, made from its seed: of no use in earnest.".to_owned()];
    let keys = [(TESTED_KEY, Some(tested)), (OTHER_KEY, other)];
    for (name, key) in keys
        .into_iter()
        .filter_map(|(name, key)| Some((name, key?)))
    {
        key_files::write(&folder.join(name), &KeyFile::Cohort(key.clone()), &comments)?;
    }
    Ok(())
}

/// The arms in a folder of results, by name.
pub(crate) fn arms(folder: &Path) -> Outcome<Vec<(PathBuf, ArmRecord)>> {
    let failed = |error: &std::io::Error| Failure::io("read the folder", folder, error);
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
            Failure::usage(format_args!("{} holds no arm of a study", folder.display()))
                .hint("`hallmark study run --plan FILE --out DIR` makes them"),
        );
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// Reads a JSON file that a study wrote.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Outcome<T> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format_args!("{}: {error}", path.display()))
            .hint("remove it and run or examine the study again")
    })
}

/// Writes a file that replaces an older one at once.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let partial = path.with_extension("partial");
    std::fs::write(&partial, bytes)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|error| Failure::io("write", path, &error))
}

/// An answer as an API gives it: text only.
#[derive(Serialize)]
struct Answered {
    prompt: String,
    response: String,
}

fn write_exchanges(path: &Path, exchanges: &[Exchange], world: &dyn World) -> Outcome<String> {
    let mut text = String::new();
    for Exchange { prompt, answer } in exchanges {
        let answered = Answered {
            prompt: world.text(prompt),
            response: world.text(answer),
        };
        text.push_str(&to_json(&answered, false)?);
        text.push('\n');
    }
    let packed = zstd::encode_all(text.as_bytes(), 6)
        .map_err(|error| Failure::io("compress", path, &error))?;
    std::fs::write(path, &packed).map_err(|error| Failure::io("write", path, &error))?;
    Ok(digest(&packed))
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
