//! `calibrate`: how often is unmarked text of one's own called marked, and marked text?

use crate::args::CalibrateArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::calibrate_text;
use hallmark::Exit;
use hallmark::calibrate::calibrate;
use hallmark::files::{keys, profiles};

pub(crate) fn run(args: &CalibrateArgs, output: &Output) -> Outcome {
    let profile = profiles::read(&args.profile)?;
    let key = keys::read(&args.key)?.marking_key();
    let unmarked = args.input.inputs();
    let marked = (!args.marked.is_empty()).then(|| args.input.reading.inputs(&args.marked));
    let mut bars = Bars::new(output);
    let calibrated = calibrate(
        &profile,
        &key,
        &args.how(),
        &unmarked,
        marked.as_ref(),
        &mut |step| bars.step(step),
    )?;
    drop(bars);
    output.result(
        || calibrate_text(&calibrated),
        &calibrated,
        &calibrated.lengths,
    )?;
    Ok(Exit::Done)
}
