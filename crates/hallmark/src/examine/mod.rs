//! `examine`: was the model that wrote these answers trained on marked text?

mod canonical;
mod examined;
mod logprobs;
mod made;
mod outcome;
mod plan;
mod reference;
mod tried;

pub use examined::{DOES_NOT_SHOW, Examined, NotMade};
pub use logprobs::{UnmappedCounts, UsedLogprobs};
pub use made::{Made, make};
pub use outcome::{Conclusion, KeyOutcome};
pub use plan::Plan;
pub use reference::Reference;
pub use tried::TriedKey;

use crate::error::{Error, Result};
use crate::json::{VERSION, formats};
use crate::progress::Step;
use crate::read::{self, Skipped};
use crate::weights;
use hallmark_core::keys::Key;
use hallmark_core::profile::Profile;
use hallmark_corpus::{CorpusError, TokenRecord};
use hallmark_detector::error::ExaminationError;
use hallmark_detector::examination;
use hallmark_detector::statistic::cohorts::Cohorts;
use hallmark_detector::statistic::plain::LEVEL;
use outcome::Judge;

/// Does what a plan says, with the answers of its files.
///
/// `keys` hold every key that the plan names, tested or control, in any order.
///
/// # Errors
/// When a key is missing, the plan cannot be meant, or a file cannot be read.
pub fn examine(plan: &Plan, keys: &[Key], progress: &mut dyn FnMut(Step<'_>)) -> Result<Examined> {
    examine_with(plan, keys, progress, |profile, progress, examination| {
        read::read(
            &plan.answers,
            profile,
            progress,
            |_| Ok(()),
            |raw| Ok(examination.observe(&raw)?),
        )
    })
}

/// The same with answers that are at hand, in place of the plan's files.
///
/// # Errors
/// As [`examine`].
pub fn examine_records(
    plan: &Plan,
    keys: &[Key],
    answers: impl Iterator<Item = std::result::Result<TokenRecord, CorpusError>>,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Examined> {
    examine_with(plan, keys, progress, |profile, progress, examination| {
        read::in_blocks(
            answers,
            profile.window,
            progress,
            |_| Ok(()),
            |raw| Ok(examination.observe(&raw)?),
        )?;
        Ok(Skipped::default())
    })
}

fn examine_with(
    plan: &Plan,
    keys: &[Key],
    progress: &mut dyn FnMut(Step<'_>),
    answers: impl FnOnce(
        &Profile,
        &mut dyn FnMut(Step<'_>),
        &mut examination::Examination,
    ) -> Result<Skipped>,
) -> Result<Examined> {
    plan.check()?;
    let profile = plan.profile.profile()?;
    let tested = named(&plan.keys, keys)?;
    let judge = Judge::new(plan, &profile)?;
    read::refuse_stdin_twice(plan.files())?;
    // Everything that shapes the weights is fixed here, before any answer is scored.
    let weighed = weights::weigh(&plan.weighing, &profile)?;
    let controls = named(&plan.controls, keys)?;
    let (used, evidence) = match logprobs::logprobs(plan, &profile, progress)? {
        Some((used, evidence, counts)) => (Some(used), Some((evidence, counts))),
        None => (None, None),
    };
    let tests = examination::Plan {
        controls,
        shape: plan.shape,
        logprobs: evidence,
        e_process: true,
        weights: weighed.weights,
        residual: plan.expectation(),
        decoys: plan.decoys,
        decoy_draw: plan.decoy_seed,
        dedup: plan.dedup.into(),
    };
    let made = make(&profile, &tested, tests, |examination| {
        let skipped = answers(&profile, progress, examination)?;
        let files = &plan.references;
        let reference = reference::observe(files, &plan.answers, &profile, examination, progress)?;
        Ok((skipped, reference))
    })?;
    let (skipped, reference) = made.read;
    let outcomes = judge.outcomes(&plan.keys, &made.tests, &made.counts);
    Ok(Examined {
        schema: formats::Examine,
        version: VERSION.to_owned(),
        profile: plan.profile.clone(),
        key_id: plan
            .keys
            .first()
            .map_or_else(String::new, |key| key.key_id.clone()),
        keys: plan.keys.clone(),
        level: LEVEL,
        counts: made.counts,
        skipped,
        decoy_seed: plan.decoy_seed,
        harvests: weighed.harvests,
        background: weighed.background,
        reference,
        controls: plan.controls.clone(),
        logprobs: used,
        outcome: outcome::overall(&outcomes),
        outcomes,
        cohorts: Cohorts::of(&made.tests, profile.law()).map_err(ExaminationError::from)?,
        tests: made.tests,
        not_made: made.left_out.iter().map(NotMade::from).collect(),
        does_not_show: DOES_NOT_SHOW.map(str::to_owned).to_vec(),
    })
}

/// The keys that a plan names, in its order.
fn named(names: &[TriedKey], keys: &[Key]) -> Result<Vec<Key>> {
    let of = |name: &TriedKey| {
        let mut keys = keys.iter();
        keys.find(|key| key.public_id().to_string() == name.key_id)
            .cloned()
            .ok_or_else(|| {
                Error::usage(format_args!(
                    "the plan names key {}, which is not given",
                    name.key_id
                ))
                .hint("give every key that the plan names")
            })
    };
    names.iter().map(of).collect()
}
