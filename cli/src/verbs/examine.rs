//! `examine`: was the model that wrote these answers trained on marked text?

use crate::args::ExamineArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::examine_text;
use hallmark::TriedKey;
use hallmark::files::{keys, profiles};
use hallmark_core::keys::Key;
use std::path::PathBuf;

pub(crate) fn run(args: &ExamineArgs, output: &Output) -> Outcome {
    let profile = profiles::read(&args.profile)?;
    let (mut keys, tested) = read(&args.keys)?;
    let (control_keys, controls) = read(&args.beside.controls)?;
    keys.extend(control_keys);
    let plan = args.plan(&profile, tested, controls);
    let mut bars = Bars::new(output);
    let examined = hallmark::examine(&plan, &keys, &mut |step| bars.step(step))?;
    drop(bars);
    output.result(|| examine_text(&examined), &examined, &examined.tests)?;
    Ok(examined.exit())
}

/// The keys of files, with their public ids.
fn read(files: &[PathBuf]) -> Outcome<(Vec<Key>, Vec<TriedKey>)> {
    let read = files.iter().map(|file| {
        let key = keys::read(file)?;
        Ok((key.marking_key(), TriedKey::of_file(&key, file)))
    });
    Ok(read.collect::<Outcome<Vec<_>>>()?.into_iter().unzip())
}
