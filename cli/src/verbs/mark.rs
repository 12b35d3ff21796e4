//! `mark`: marked text from the built-in model or from a model in a file.

mod built_in;
mod model;

use crate::args::MarkArgs;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::files::NewFile;
use crate::key_files;
use crate::output::{Output, to_json};
use hallmark_core::mark;
use hallmark_core::profile::Profile;
use hallmark_lab::{Chooser, Marked, Unmarked};
use serde::Serialize;
use std::path::Path;

pub(super) use built_in::failure;

/// A record of generated text.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    pub(crate) prompt: String,
    pub(crate) text: String,
    pub(crate) tokens: &'a [u32],
}

pub(crate) fn run(args: &MarkArgs, output: &Output) -> Outcome {
    match &args.model.model {
        Some(path) => model::run(path, args, output),
        None => built_in::run(args, output),
    }
}

/// What picks the tokens, and the public id of its key.
struct Hand {
    chooser: Box<dyn Chooser>,
    key_id: Option<String>,
}

impl Hand {
    fn new(args: &MarkArgs, profile: Option<&Profile>) -> Outcome<Self> {
        let (Some(path), Some(profile)) = (&args.key, profile) else {
            return Ok(Self {
                chooser: Box::new(Unmarked),
                key_id: None,
            });
        };
        let key = key_files::read(path)?.marking_key();
        Ok(Self {
            chooser: Box::new(Marked::new(mark::bind(profile, &key), profile.window)),
            key_id: Some(key.public_id().to_string()),
        })
    }
}

/// Writes all records and says what they are.
fn write(
    mut file: NewFile,
    records: impl Iterator<Item = impl Serialize>,
    length: &str,
    hand: &Hand,
    args: &MarkArgs,
    output: &Output,
) -> Outcome {
    let mut count = 0;
    for record in records {
        file.write(to_json(&record, false)?.as_bytes())?;
        file.write(b"\n")?;
        count += 1;
    }
    file.finish()?;
    if args.out != Path::new("-") {
        let how = hand.key_id.as_ref().map_or_else(
            || "unmarked".to_owned(),
            |id| format!("marked with key {id}"),
        );
        output.note(format_args!(
            "{count} answers of {length} tokens, {how}, written to {}",
            args.out.display()
        ));
    }
    Ok(Exit::Done)
}
