//! `examine`: was the model that wrote these answers trained on marked text?

use super::detect::{decoys, dedup_kind, enough, failure};
use super::profile::ProfileJson;
use crate::args::ExamineArgs;
use crate::evidence::{self, Skipped};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::render::examine_text;
use crate::{key_files, profile_files};
use hallmark_core::mark;
use hallmark_detector::examination::Examination;
use hallmark_detector::finding::{Counts, Finding};
use serde::Serialize;

/// The result of `examine`.
#[derive(Serialize)]
pub(crate) struct Examined {
    pub(crate) schema: &'static str,
    pub(crate) profile: ProfileJson,
    /// The first key that was given; `tests` says for each finding which key it concerns.
    pub(crate) key_id: String,
    /// Every key that was tried, in the order given.
    pub(crate) key_ids: Vec<String>,
    pub(crate) counts: Counts,
    pub(crate) skipped: Skipped,
    pub(crate) decoy_seed: u64,
    pub(crate) tests: Vec<Finding>,
    pub(crate) does_not_show: Vec<&'static str>,
}

/// What no examination shows.
pub(crate) const DOES_NOT_SHOW: [&str; 3] = [
    "A p-value is not the chance that the suspect is innocent: it is how often a random key would give as much.",
    "Dependence on a key does not say who trained on the text, when, by which way it came, or whether that was allowed.",
    "A high p-value does not show that nothing was trained on: see the smallest effect that was visible.",
];

pub(crate) fn run(args: &ExamineArgs, output: &Output) -> Outcome {
    let profile = profile_files::read(&args.profile)?;
    let mut keys = vec![];
    for path in &args.keys {
        let key = key_files::read(path)?;
        let id = key.public_id().to_string();
        if keys.iter().any(|(other, _)| *other == id) {
            return Err(Failure::usage(format_args!(
                "key {id} was given twice ({})",
                path.display()
            ))
            .hint("give each key once: every key that is tried counts in the adjustment"));
        }
        keys.push((id, mark::bind(&profile, &key.marking_key())));
    }
    let key_ids: Vec<String> = keys.iter().map(|(id, _)| id.clone()).collect();
    let line_up = decoys(&profile, args.decoys, args.decoy_seed);
    let mut examination = Examination::new(profile.window, keys, line_up, dedup_kind(&args.dedup))
        .map_err(|error| failure(&error))?;
    let mut unknown = 0;
    let skipped = evidence::read(
        &args.input,
        &profile,
        output,
        |record| {
            unknown += u64::from(record.exposure.is_none());
            Ok(())
        },
        |raw| examination.observe(raw).map_err(|error| failure(&error)),
    )?;
    examination.note_unknown_exposure(unknown);
    let counts = *examination.counts();
    let examined = Examined {
        schema: "hallmark/examine/1",
        profile: ProfileJson::from(&profile),
        key_id: key_ids[0].clone(),
        key_ids,
        counts,
        skipped,
        decoy_seed: args.decoy_seed,
        tests: examination.finish().map_err(|error| failure(&error))?,
        does_not_show: DOES_NOT_SHOW.to_vec(),
    };
    output.result(|| examine_text(&examined), &examined, &examined.tests)?;
    Ok(enough(&counts))
}
