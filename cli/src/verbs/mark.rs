//! `mark`: marked text from the built-in model or from a model in a file.

mod built_in;
mod model;

use crate::args::MarkArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::Error;
use hallmark::Exit;
use hallmark::files::NewFile;
use hallmark::files::keys;
use hallmark::json::to_json;
use hallmark::marks;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_detector::finding::Warning;
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
    /// For answers to `prompts`, in tokens.
    fn new(
        args: &MarkArgs,
        profile: Option<&Profile>,
        prompts: &[Vec<u32>],
        output: &Output,
    ) -> Outcome<Self> {
        let (Some(path), Some(profile)) = (&args.key, profile) else {
            return Ok(Self {
                chooser: Box::new(Unmarked),
                key_id: None,
            });
        };
        let key = keys::read(path)?;
        let mark = marking(profile, &key.marking_key(), output)?;
        let marked = Marked::new(&mark, prompts.to_vec()).map_err(|error| {
            Error::usage(format_args!("profile {:?}: {error}", profile.name))
                .hint("`hallmark profile list` names all schemes; a native one marks with any window of 1 to 4")
        })?;
        Ok(Self {
            chooser: Box::new(marked),
            key_id: Some(mark.key().to_string()),
        })
    }
}

/// The mark that a profile and a key that fits it make; says where the key is a poor one.
fn marking(profile: &Profile, key: &Key, output: &Output) -> Outcome<Mark> {
    let mark = marks::mark(profile, key)?;
    let related = mark.null().related();
    if related.is_some_and(|keys| !keys.is_comparable()) {
        let warning = Warning::KeyNotComparable;
        output.note(format_args!("warning: {warning}; {}", warning.hint()));
    }
    Ok(mark)
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
