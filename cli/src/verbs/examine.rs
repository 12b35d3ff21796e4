//! `examine`: was the model that wrote these answers trained on marked text?

use crate::args::ExamineArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::examine_text;
use hallmark::files::{keys, profiles};
use hallmark::{Error, Examined, Exit, TriedKey};
use hallmark_core::keys::Key;
use hallmark_evidence::case::{Case, Run};
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &ExamineArgs, output: &Output) -> Outcome {
    let (mut keys, tested) = read(&args.keys)?;
    let (examined, exit) = match (&args.case, &args.profile) {
        (Some(case), _) => planned(args, case, &keys, output)?,
        (None, Some(profile)) => {
            let profile = profiles::read(profile)?;
            let (control_keys, controls) = read(&args.controls)?;
            keys.extend(control_keys);
            let plan = args.analysis.plan(&profile, tested, controls, &args.inputs);
            let mut bars = Bars::new(output);
            let examined = hallmark::examine(&plan, &keys, &mut |step| bars.step(step))?;
            let exit = examined.exit();
            (examined, exit)
        }
        (None, None) => return Err(Error::usage("neither a profile nor a case is given")),
    };
    output.result(|| examine_text(&examined), &examined, &examined.tests)?;
    Ok(exit)
}

/// The examination of a case, as it was planned.
fn planned(
    args: &ExamineArgs,
    case: &Path,
    keys: &[Key],
    output: &Output,
) -> Outcome<(Examined, Exit)> {
    let note = args.deviation.as_deref().map(note).transpose()?;
    let mut case = Case::open(case)?;
    let mut bars = Bars::new(output);
    let mut run = Run {
        keys,
        answers: &args.inputs,
        logs: &args.analysis.logs,
        note,
        change: &mut |plan| args.analysis.change(&args.given, plan),
    };
    let outcome = case.examine(&mut run, &mut |step| bars.step(step))?;
    drop(bars);
    output.note(format_args!(
        "run {} of case {} recorded{}",
        outcome.number,
        case.plan().case,
        match &outcome.deviations[..] {
            [] => String::new(),
            fields => format!(", with a deviation in {}", fields.join(", ")),
        }
    ));
    Ok((outcome.examined, outcome.exit))
}

/// The longest note on a deviation, in bytes.
const MAX_NOTE: u64 = 64 * 1024;

fn note(path: &Path) -> Outcome<String> {
    let size = std::fs::metadata(path).map(|metadata| metadata.len());
    let text = match size {
        Ok(size) if size > MAX_NOTE => {
            return Err(Error::usage(format_args!(
                "{} has {size} bytes; a note has at most {MAX_NOTE}",
                path.display()
            )));
        }
        _ => std::fs::read_to_string(path).map_err(|error| Error::io("read", path, &error))?,
    };
    match text.trim() {
        "" => Err(Error::usage(format_args!("{} is empty", path.display()))
            .hint("say in it why the run does otherwise than its plan says")),
        text => Ok(text.to_owned()),
    }
}

/// The keys of files, with their public ids.
fn read(files: &[PathBuf]) -> Outcome<(Vec<Key>, Vec<TriedKey>)> {
    let read = files.iter().map(|file| {
        let key = keys::read(file)?;
        Ok((key.marking_key(), TriedKey::of_file(&key, file)))
    });
    Ok(read.collect::<Outcome<Vec<_>>>()?.into_iter().unzip())
}
