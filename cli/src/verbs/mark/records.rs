//! The records of generated text, and how they are written.

use super::hand::Hand;
use crate::args::MarkArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::mark_text;
use crate::results::mark::Marked;
use hallmark::Exit;
use hallmark::files::NewFile;
use hallmark::json::{VERSION, formats, to_json};
use hallmark::text::shown;
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

/// Writes all records and says what they are; `tokens` are those of all of them, `longest` the most that one may have.
pub(super) fn write(
    mut file: NewFile,
    records: impl Iterator<Item = impl Serialize>,
    (tokens, longest): (usize, usize),
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
    if args.out == Path::new("-") {
        return Ok(Exit::Done);
    }
    let marked = Marked {
        schema: formats::Mark,
        version: VERSION.to_owned(),
        out: shown(&args.out),
        answers: count,
        tokens: tokens as u64,
        longest: longest as u64,
        model: args.model.model.as_deref().map(shown),
        answers_per_prompt: args.model.answers_per_prompt,
        temperature: args.model.temperature,
        top_k: args.model.top_k,
        top_p: args.model.top_p,
        key_id: hand.key_id.clone(),
        ring: hand.ring,
        seed: args.seed,
    };
    output.result(|| mark_text(&marked), &marked, &[] as &[()])?;
    Ok(Exit::Done)
}
