//! `scan`: which of several marks is in this text?

use crate::args::ScanArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::scan_text;
use hallmark::files::{keys, profiles};
use hallmark::read::refuse_stdin_twice;
use hallmark::scan::{NamedKey, Scanning, profiles_of};
use hallmark::sought::one_tokenizer;

pub(crate) fn run(args: &ScanArgs, output: &Output) -> Outcome {
    let how = Scanning {
        level: args.level,
        dedup: args.dedup.dedup(),
    };
    how.check()?;
    refuse_stdin_twice(
        args.keys
            .iter()
            .chain(&args.profiles)
            .chain(&args.input.inputs),
    )?;
    let keys = args.keys.iter().map(|path| {
        Ok(NamedKey {
            file: path.display().to_string(),
            key: keys::read(path)?.marking_key(),
        })
    });
    let keys = keys.collect::<Outcome<Vec<_>>>()?;
    let files = args.profiles.iter().map(|path| profiles::read(path));
    let mut profiles = files.collect::<Outcome<Vec<_>>>()?;
    let tokenizer = args.input.reading.tokenizer.as_deref();
    profiles.extend(profiles_of(
        &args.schemes,
        tokenizer,
        args.vocab_size,
        &keys,
    )?);
    one_tokenizer(&profiles)?;
    let mut bars = Bars::new(output);
    let inputs = args.input.inputs();
    let scanned = hallmark::scan(&profiles, &keys, &how, &inputs, &mut |step| {
        bars.step(step);
    })?;
    drop(bars);
    output.result(|| scan_text(&scanned), &scanned, &scanned.tried)?;
    Ok(scanned.exit())
}
