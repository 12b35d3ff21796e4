//! `merge`: one e-value out of several examinations.

use crate::args::MergeArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::merge_text;
use hallmark::Exit;
use hallmark::merge::merge;

pub(crate) fn run(args: &MergeArgs, output: &Output) -> Outcome {
    let merged = merge(&args.audits)?;
    output.result(|| merge_text(&merged), &merged, &merged.keys)?;
    Ok(Exit::Done)
}
