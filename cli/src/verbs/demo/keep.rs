//! What the demo leaves behind.

use super::cast::Cast;
use crate::failure::Outcome;
use crate::results::demo::Demo;
use crate::verbs::mark::Written;
use hallmark::Error;
use hallmark::files::{keys, write_new};
use hallmark::json::to_json;
use hallmark_core::keys::KeyFile;
use hallmark_corpus::Tokenizer;
use hallmark_lab::Exchange;
use hallmark_study::story::Told;
use serde::Serialize;
use std::path::Path;

/// Leaves everything that is needed to examine the students again.
pub(super) fn keep(
    folder: &Path,
    cast: &Cast,
    told: &Told,
    tokenizer: &Tokenizer,
    demo: &Demo,
) -> Outcome<()> {
    let keys = folder.join("keys");
    std::fs::create_dir(&keys).map_err(|error| Error::io("make the folder", &keys, &error))?;
    let comments = ["Key of a demo, made from its seed: of no use in earnest.".to_owned()];
    keys::write(
        &keys.join("root.key"),
        &KeyFile::Root(cast.root.clone()),
        &comments,
    )?;
    keys::write(
        &keys.join("harvesters.key"),
        &KeyFile::Cohort(cast.key.clone()),
        &comments,
    )?;
    keys::write(
        &keys.join("never-used.key"),
        &KeyFile::Cohort(cast.unused.clone()),
        &comments,
    )?;
    write(&folder.join("profile.toml"), &cast.profile.to_toml())?;
    write(
        &folder.join("teacher-marked.jsonl"),
        &written(&told.marked, tokenizer)?,
    )?;
    write(
        &folder.join("teacher-clean.jsonl"),
        &written(&told.clean, tokenizer)?,
    )?;
    for student in &told.students {
        let path = folder.join(format!("student-{}.jsonl", student.name));
        write(&path, &answered(&student.answers, tokenizer)?)?;
    }
    write(
        &folder.join("findings.json"),
        &(to_json(demo, true)? + "\n"),
    )
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    write_new(path, text.as_bytes())
}

fn written(exchanges: &[Exchange], tokenizer: &Tokenizer) -> Outcome<String> {
    lines(
        exchanges
            .iter()
            .zip(1..)
            .map(|(Exchange { prompt, answer }, id)| Written {
                id: id.to_string(),
                prompt: tokenizer.decode(prompt),
                text: tokenizer.decode(answer),
                tokens: answer,
                sub_key: None,
            }),
    )
}

/// A student's answer as an API gives it: text only.
#[derive(Serialize)]
struct Answered {
    id: String,
    prompt: String,
    response: String,
}

fn answered(exchanges: &[Exchange], tokenizer: &Tokenizer) -> Outcome<String> {
    lines(
        exchanges
            .iter()
            .zip(1..)
            .map(|(Exchange { prompt, answer }, id)| Answered {
                id: id.to_string(),
                prompt: tokenizer.decode(prompt),
                response: tokenizer.decode(answer),
            }),
    )
}

fn lines(records: impl Iterator<Item = impl Serialize>) -> Outcome<String> {
    let mut text = String::new();
    for record in records {
        text.push_str(&to_json(&record, false)?);
        text.push('\n');
    }
    Ok(text)
}
