//! `replay`: a bundle's examination made again, with the keys.

use super::verify::{exit, open};
use crate::args::ReplayArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::checks_text;
use hallmark::files::keys;
use hallmark_evidence::openings::Opening;
use hallmark_evidence::replay::{Disclosure, replay};

pub(crate) fn run(args: &ReplayArgs, output: &Output) -> Outcome {
    let files = open(&args.bundle)?;
    let keys = args
        .keys
        .iter()
        .map(|file| Ok(keys::read(file)?.marking_key()));
    let keys = keys.collect::<Outcome<Vec<_>>>()?;
    let openings = args.openings.iter().map(|file| Opening::read(file));
    let openings = openings.collect::<Outcome<Vec<_>>>()?;
    let disclosure = Disclosure {
        keys: &keys,
        openings: &openings,
        items: &args.items,
    };
    let mut bars = Bars::new(output);
    let replayed = replay(&*files, &disclosure, &mut |step| bars.step(step))?;
    drop(bars);
    output.result(
        || checks_text(&replayed, false),
        &replayed,
        &replayed.checks,
    )?;
    Ok(exit(replayed.holds))
}
