//! The records of generated text, and how they are written.

use super::hand::Hand;
use crate::args::MarkArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::Exit;
use hallmark::files::NewFile;
use hallmark::json::to_json;
use serde::Serialize;
use std::path::Path;

/// A record of generated text.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    /// Its number: answers are written in the order in which they were sampled.
    pub(crate) id: String,
    pub(crate) prompt: String,
    pub(crate) text: String,
    pub(crate) tokens: &'a [u32],
    /// Which sub-key marked it, where a ring of keys did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_key: Option<u32>,
}

/// Writes all records and says what they are.
pub(super) fn write(
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
