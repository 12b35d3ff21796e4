//! `detect`: is this text marked?

use crate::args::DetectArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::detect_text;
use hallmark::files::{keys, profiles};

pub(crate) fn run(args: &DetectArgs, output: &Output) -> Outcome {
    let profile = profiles::read(&args.profile)?;
    let key = keys::read(&args.key)?.marking_key();
    let mut bars = Bars::new(output);
    let inputs = args.input.inputs();
    let detected = hallmark::detect(&profile, &key, &args.how(), &inputs, &mut |step| {
        bars.step(step);
    })?;
    drop(bars);
    output.result(
        || detect_text(&detected, &profile),
        &detected,
        &detected.documents,
    )?;
    Ok(detected.exit())
}
