//! `mark`: marked text from the built-in model or from a model in a file.

mod built_in;
mod model;

use crate::args::MarkArgs;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::files::NewFile;
use crate::key_files;
use crate::output::{Output, to_json};
use crate::subject::Subject;
use hallmark_core::keys::AnyKey;
use hallmark_core::mark::{self, Mark, Marking};
use hallmark_core::marker::Habits;
use hallmark_core::profile::AnyProfile;
use hallmark_detector::finding::Warning;
use hallmark_lab::{Chooser, Marked, Unmarked};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

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
        profile: Option<&AnyProfile>,
        prompts: &[Vec<u32>],
        output: &Output,
    ) -> Outcome<Self> {
        let (Some(path), Some(profile)) = (&args.key, profile) else {
            return Ok(Self {
                chooser: Box::new(Unmarked),
                key_id: None,
            });
        };
        let key = key_files::read_any(path)?;
        let (mark, habits) = marking(profile, &key, output)?;
        let marked = Marked::with_habits(mark, profile.window(), habits, prompts.to_vec());
        Ok(Self {
            chooser: Box::new(marked),
            key_id: Some(key.public_id().to_string()),
        })
    }
}

/// The mark that a profile and a key that fits it make.
fn marking(
    profile: &AnyProfile,
    key: &AnyKey,
    output: &Output,
) -> Outcome<(Arc<dyn Mark>, Habits)> {
    match Subject::new(profile, key)? {
        Subject::Native(profile, key) => Ok((mark::bind(profile, &key), Habits::NATIVE)),
        Subject::Foreign(profile, key, keyed) => {
            if keyed
                .null
                .related()
                .is_some_and(|keys| !keys.is_comparable())
            {
                let warning = Warning::KeyNotComparable;
                output.note(format_args!("warning: {warning}; {}", warning.hint()));
            }
            let marking = Marking::bind(profile, key).map_err(|error| {
                Failure::usage(format_args!("profile {:?}: {error}", profile.name))
                    .hint("`hallmark profile list` names all schemes; a native one marks with any window of 1 to 4")
            })?;
            Ok((marking.mark, marking.habits))
        }
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
