//! `mark`: marked text from the built-in model or from a model in a file.

mod built_in;
mod hand;
mod model;
mod records;

use crate::args::MarkArgs;
use crate::failure::Outcome;
use crate::output::Output;

pub(super) use built_in::failure;
pub(super) use records::Written;

pub(crate) fn run(args: &MarkArgs, output: &Output) -> Outcome {
    match &args.model.model {
        Some(path) => model::run(path, args, output),
        None => built_in::run(args, output),
    }
}
