//! `detect`: is this text marked?

use crate::args::{DetectArgs, Format};
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::detect_text;
use hallmark::detect::Document;
use hallmark::files::{keys, profiles};
use hallmark::progress::Step;
use hallmark::{Calibrated, Detected, InputFile, Role};

pub(crate) fn run(args: &DetectArgs, output: &Output) -> Outcome {
    let profile = profiles::read(&args.profile)?;
    let key = keys::read(&args.key)?.marking_key();
    let mut bars = Bars::new(output);
    let inputs = args.input.inputs();
    let how = args.how();
    let mut step = |step: Step<'_>| bars.step(step);
    if output.format == Format::Jsonl {
        // A line as soon as its document was read: the last line holds no document again.
        let mut lengths = vec![];
        let mut each = |document: Document| {
            lengths.push(document.tokens);
            output.line(&document)
        };
        let detected = hallmark::detect_each(&profile, &key, &how, &inputs, &mut step, &mut each)?;
        let detected = quoting(args, detected, lengths)?;
        output.line(&detected)?;
        return Ok(detected.exit());
    }
    let detected = hallmark::detect(&profile, &key, &how, &inputs, &mut step)?;
    drop(bars);
    let lengths = detected.documents.iter().map(|read| read.tokens).collect();
    let detected = quoting(args, detected, lengths)?;
    output.result(
        || detect_text(&detected, &profile),
        &detected,
        &detected.documents,
    )?;
    Ok(detected.exit())
}

/// With what the calibration says, where one was given, of texts that are as long as half of these documents are at least.
fn quoting(args: &DetectArgs, detected: Detected, mut lengths: Vec<u64>) -> Outcome<Detected> {
    let Some(path) = &args.calibration else {
        return Ok(detected);
    };
    lengths.sort_unstable();
    let half = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
    let calibration = Calibrated::read(path)?;
    let file = InputFile::of(Role::Calibration, path)?;
    detected
        .quoting(&calibration, file, half)
        .map_err(|error| error.at(path.display()))
}
