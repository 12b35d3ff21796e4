//! `examine`: was the model that wrote these answers trained on marked text?

mod beside;
mod outcome;
pub(crate) mod weighing;

pub(crate) use self::outcome::{Conclusion, KeyOutcome};

use self::beside::UsedLogprobs;
use self::outcome::Judge;
use self::weighing::{Reference, UsedIndex};
use super::detect::{dedup_kind, failure};
use super::profile::ProfileJson;
use crate::args::ExamineArgs;
use crate::evidence::{self, Skipped};
use crate::failure::{Failure, Outcome};
use crate::output::{Output, shown};
use crate::render::examine_text;
use crate::{key_files, marks, profile_files};
use hallmark_core::keys::Key;
use hallmark_detector::error::ExaminationError;
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Counts, Finding, Test};
use hallmark_detector::statistic::admission::Refused;
use hallmark_detector::statistic::cohorts::Cohorts;
use hallmark_detector::statistic::plain::LEVEL;
use serde::Serialize;

/// The result of `examine`.
#[derive(Serialize)]
pub(crate) struct Examined {
    pub(crate) schema: &'static str,
    /// Version of this program.
    pub(crate) version: &'static str,
    pub(crate) profile: ProfileJson,
    /// The first key that was given; `tests` says for each finding which key it concerns.
    pub(crate) key_id: String,
    /// Every key that was tried, in the order given.
    pub(crate) keys: Vec<TriedKey>,
    /// The level at which an adjusted p-value is called a finding.
    pub(crate) level: f64,
    pub(crate) counts: Counts,
    pub(crate) skipped: Skipped,
    pub(crate) decoy_seed: u64,
    /// The indexes of harvested text that weights were made from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) harvests: Vec<UsedIndex>,
    /// The index of text at large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) background: Option<UsedIndex>,
    /// The control sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<Reference>,
    /// The keys that tested keys were contrasted with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) controls: Vec<TriedKey>,
    /// Log-probabilities that were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) logprobs: Option<UsedLogprobs>,
    /// What it comes to: `found` where any key's outcome is, else `inconclusive` where any is.
    pub(crate) outcome: Conclusion,
    /// What it comes to under each key.
    pub(crate) outcomes: Vec<KeyOutcome>,
    pub(crate) tests: Vec<Finding>,
    /// Tests that marks of this scheme cannot have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_made: Vec<NotMade>,
    /// What the tests say of the keys together.
    pub(crate) cohorts: Cohorts,
    pub(crate) does_not_show: Vec<&'static str>,
}

/// A test that marks of this scheme cannot have.
#[derive(Clone, Serialize)]
pub(crate) struct NotMade {
    pub(crate) test: Test,
    pub(crate) why: String,
}

impl From<&Refused> for NotMade {
    fn from(refused: &Refused) -> Self {
        Self {
            test: refused.test,
            why: refused.why.to_string(),
        }
    }
}

/// A key that was tried.
#[derive(Clone, Serialize)]
pub(crate) struct TriedKey {
    pub(crate) key_id: String,
    /// The file it came from.
    pub(crate) file: String,
}

/// What no examination shows.
pub(crate) const DOES_NOT_SHOW: [&str; 5] = [
    "A p-value is not the chance that the suspect is innocent: it is how often a random key would give as much.",
    "Dependence on a key does not say who trained on the text, when, by which way it came, or whether that was allowed.",
    "Answers that were relayed from the marked service itself also depend on its key: ask where the answers were made.",
    "A passage copied from something the records do not show counts as the suspect's own: records must hold all that was shown.",
    "A high p-value does not show that nothing was trained on: see the smallest effect that was visible.",
];

pub(crate) fn run(args: &ExamineArgs, output: &Output) -> Outcome {
    let profile = profile_files::read(&args.profile)?;
    let mut keys: Vec<Key> = vec![];
    let mut tried: Vec<TriedKey> = vec![];
    for path in &args.keys {
        let key = key_files::read(path)?.marking_key();
        let key_id = key.public_id().to_string();
        if tried.iter().any(|other| other.key_id == key_id) {
            return Err(Failure::usage(format_args!(
                "key {key_id} was given twice ({})",
                shown(path)
            ))
            .hint("give each key once: every key that is tried counts in the adjustment"));
        }
        keys.push(key);
        tried.push(TriedKey {
            key_id,
            file: shown(path),
        });
    }
    let judge = Judge::new(args, &profile)?;
    let files = args.input.inputs.iter().chain(&args.weights.references);
    let beside = &args.beside;
    let files = files
        .chain(&beside.logprobs)
        .chain(&beside.reference_logprobs);
    evidence::refuse_stdin_twice(files)?;
    // Everything that shapes the weights is fixed here, before any answer is scored.
    let weighing = weighing::weigh(&args.weights, &profile)?;
    let (control_keys, controls) = beside::controls(beside)?;
    let logprobs = beside::logprobs(beside, &args.input, &profile, output)?;
    let (logprobs, evidence) = match logprobs {
        Some((used, evidence, counts)) => (Some(used), Some((evidence, counts))),
        None => (None, None),
    };
    let plan = Plan {
        controls: control_keys,
        shape: beside.shape,
        logprobs: evidence,
        e_process: true,
        weights: weighing.weights,
        residual: weighing::expectation(&args.weights),
        decoys: args.decoys,
        decoy_draw: args.decoy_seed,
        dedup: dedup_kind(&args.dedup),
    };
    let (plan, left_out) = plan.for_mark(&marks::mark(&profile, &keys[0])?);
    let mut examination =
        Examination::new(&profile, &keys, plan).map_err(|error| failure(&error))?;
    let skipped = evidence::read(
        &args.input,
        &profile,
        output,
        |_| Ok(()),
        |raw| examination.observe(&raw).map_err(|error| failure(&error)),
    )?;
    let reference = weighing::read_reference(args, &profile, output, &mut examination)?;
    let counts = *examination.counts();
    let tests = examination.finish().map_err(|error| failure(&error))?;
    let law = profile.law();
    let outcomes = judge.outcomes(&tried, &tests, &counts);
    let outcome = outcome::overall(&outcomes);
    let examined = Examined {
        schema: "hallmark/examine/1",
        version: env!("CARGO_PKG_VERSION"),
        profile: ProfileJson::from(&profile),
        key_id: keys[0].public_id().to_string(),
        keys: tried,
        level: LEVEL,
        counts,
        skipped,
        decoy_seed: args.decoy_seed,
        harvests: weighing.harvests,
        background: weighing.background,
        reference,
        controls,
        logprobs,
        cohorts: Cohorts::of(&tests, law)
            .map_err(|error| failure(&ExaminationError::from(error)))?,
        outcome,
        outcomes,
        tests,
        not_made: left_out.iter().map(NotMade::from).collect(),
        does_not_show: DOES_NOT_SHOW.to_vec(),
    };
    output.result(|| examine_text(&examined), &examined, &examined.tests)?;
    Ok(outcome::exit(outcome))
}
