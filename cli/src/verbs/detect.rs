//! `detect`: is this text marked?

use crate::args::{DetectArgs, Format};
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::detect_text;
use hallmark::detect::Document;
use hallmark::files::{keys, profiles};
use hallmark::progress::Step;

pub(crate) fn run(args: &DetectArgs, output: &Output) -> Outcome {
    let profile = profiles::read(&args.profile)?;
    let key = keys::read(&args.key)?.marking_key();
    let mut bars = Bars::new(output);
    let inputs = args.input.inputs();
    let how = args.how();
    let mut step = |step: Step<'_>| bars.step(step);
    if output.format == Format::Jsonl {
        // A line as soon as its document was read: the last line holds no document again.
        let mut each = |document: Document| output.line(&document);
        let detected = hallmark::detect_each(&profile, &key, &how, &inputs, &mut step, &mut each)?;
        output.line(&detected)?;
        return Ok(detected.exit());
    }
    let detected = hallmark::detect(&profile, &key, &how, &inputs, &mut step)?;
    drop(bars);
    output.result(
        || detect_text(&detected, &profile),
        &detected,
        &detected.documents,
    )?;
    Ok(detected.exit())
}
