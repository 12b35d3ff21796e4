//! `keygen`: a new root key.

use crate::args::KeygenArgs;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::key_files;
use crate::output::{Output, shown};
use hallmark_core::keys::{KEY_BYTES, KeyFile, RootKey};
use serde::Serialize;
use std::path::Path;
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Made<'a> {
    schema: &'static str,
    key_id: String,
    /// The id that findings name: of the default cohort where the file holds a root key.
    marking_key_id: String,
    kind: &'static str,
    file: &'a str,
}

pub(crate) fn run(args: &KeygenArgs, output: &Output) -> Outcome {
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *bytes).map_err(|error| {
        Failure::usage(format_args!(
            "the operating system gives no randomness: {error}"
        ))
    })?;
    let key = KeyFile::Root(RootKey::from_bytes(*bytes));
    let comments = [
        "Hallmark root key. Whoever holds it can make and find the mark: keep it secret."
            .to_owned(),
        created(),
    ];
    key_files::write(&args.out, &key, &comments)?;
    report(&key, "root", &args.out, "hallmark/keygen/1", output)
}

/// Says which key was made; on stderr where the key itself went to stdout.
pub(super) fn report(
    key: &KeyFile,
    kind: &'static str,
    file: &Path,
    schema: &'static str,
    output: &Output,
) -> Outcome {
    let (key_id, marking_key_id) = (
        key.public_id().to_string(),
        key.marking_key().public_id().to_string(),
    );
    let shown = shown(file);
    let mut human = format!("{kind} key {key_id} written to {shown}\n");
    if marking_key_id != key_id {
        human += &format!("used directly, it marks and detects as cohort key {marking_key_id}\n");
    }
    if file == Path::new("-") {
        output.note(human.trim_end());
        return Ok(Exit::Done);
    }
    let made = Made {
        schema,
        key_id,
        marking_key_id,
        kind,
        file: &shown,
    };
    output.result(|| human, &made, &[] as &[()])?;
    Ok(Exit::Done)
}

/// The comment line that says when a key was made.
pub(super) fn created() -> String {
    format!(
        "created: {}",
        jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ")
    )
}
