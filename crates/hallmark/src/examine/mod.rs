//! `examine`: was the model that wrote these answers trained on marked text?

mod answers;
mod by_hash;
mod canonical;
mod collection;
mod conditions;
mod examined;
mod logprobs;
mod made;
mod outcome;
mod plan;
mod prompts;
mod quoted;
mod reference;
mod sources;
mod tried;

pub use answers::Answers;
pub use collection::{Collection, log_beside};
pub use conditions::{Checker, Condition};
pub use examined::{DOES_NOT_SHOW, Examined, NotMade};
pub use logprobs::{UnmappedCounts, UsedLogprobs};
pub use made::{Made, make};
pub use outcome::{Conclusion, KeyOutcome};
pub use plan::{Ordering, Plan, usual_decoys};
pub use quoted::Quoted;
pub use reference::Reference;
pub use sources::Sources;
pub use tried::TriedKey;

use crate::error::{Error, Result};
use crate::inputs::{InputFile, Role};
use crate::json::{VERSION, formats};
use crate::marks;
use crate::progress::Step;
use crate::read::{self, Reading, Skipped};
use crate::tokenizers;
use crate::visits;
use crate::weights;
use answers::Watch;
use hallmark_core::keys::Key;
use hallmark_core::profile::Profile;
use hallmark_corpus::{CorpusError, TokenRecord, encode};
use hallmark_detector::disclosure::Disclosed;
use hallmark_detector::error::ExaminationError;
use hallmark_detector::examination;
use hallmark_detector::finding::{Condition as Unproven, Order, Warning};
use hallmark_detector::statistic::cohorts::Cohorts;
use hallmark_detector::statistic::first_visits::Logs;
use hallmark_detector::statistic::plain::LEVEL;
use outcome::Judge;

/// Does what a plan says, with the answers of its files.
///
/// `keys` hold every key that the plan names, tested or control, in any order.
///
/// # Errors
/// When a key is missing, the plan cannot be meant, or a file cannot be read.
pub fn examine(plan: &Plan, keys: &[Key], progress: &mut dyn FnMut(Step<'_>)) -> Result<Examined> {
    Ok(examine_files(plan, keys, false, progress)?.0)
}

/// The same, and what can be shown of each cell to somebody without a key. Nothing where marks count other cells for each key, or where every
/// finding is the weaker of two examinations (answers of a provider's log were shown).
///
/// # Errors
/// As [`examine`].
pub fn examine_disclosing(
    plan: &Plan,
    keys: &[Key],
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<(Examined, Option<Shown>)> {
    examine_files(plan, keys, true, progress)
}

/// What can be shown to somebody without a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// What can be shown of each cell.
    pub cells: Disclosed,
    /// Where each answer comes from; nothing where that is from more places than are told apart.
    pub sources: Option<Sources>,
}

fn examine_files(
    plan: &Plan,
    keys: &[Key],
    disclose: bool,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<(Examined, Option<Shown>)> {
    let collected = collection::check(plan)?;
    let (collection, order) = collected.unzip();
    let order = order.unwrap_or_default();
    examine_with(
        plan,
        keys,
        disclose,
        collection,
        progress,
        |profile, leave_out, progress, examination| {
            let given = plan.answers.tokenizer.as_deref();
            let tokenizer = tokenizers::of_profile(profile, given)?;
            let reader = plan.answers.open(Some(profile.tokenizer.vocab_size))?;
            let mut encoded = encode(reader, tokenizer.as_ref());
            let mut quoted = match leave_out {
                true => quoted::find(plan, profile, progress)?,
                false => None,
            };
            let mut records = encoded.by_ref().map(|record| {
                let mut record = record?;
                if let Some(quoted) = &mut quoted {
                    quoted.leave_out(&mut record);
                }
                Ok(record)
            });
            let watch = Watch::new(disclose);
            let (answers, sources) = match &plan.order {
                Ordering::AsGiven => observe(
                    watch,
                    records.by_ref(),
                    order,
                    profile,
                    progress,
                    examination,
                )?,
                Ordering::Hash(seed) => {
                    let ordered = by_hash::order(records.by_ref(), seed)?.into_iter().map(Ok);
                    observe(watch, ordered, Order::Hash, profile, progress, examination)?
                }
            };
            drop(records);
            let reader = encoded.records();
            Ok(Read {
                answers,
                sources,
                skipped: Skipped::of(reader),
                reading: Reading::of_encoded(&encoded, &plan.answers),
                stdin: reader.stdin_digest(),
                quoted: quoted.map(|quoted| quoted.found),
            })
        },
    )
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
    if !plan.provider_logs.is_empty() {
        return Err(
            Error::usage("answers at hand are not compared with a provider's log")
                .hint("examine them as files"),
        );
    }
    let mut answers = Some(answers);
    let examined = examine_with(
        plan,
        keys,
        false,
        None,
        progress,
        |profile, _, progress, examination| {
            let answers = answers.take().into_iter().flatten();
            let watch = Watch::new(false);
            let order = Order::Unproven;
            let (answers, _) = observe(watch, answers, order, profile, progress, examination)?;
            Ok(Read {
                answers,
                ..Read::default()
            })
        },
    );
    Ok(examined?.0)
}

/// Shows the answers to the examination, and what they say of themselves.
fn observe(
    mut watch: Watch,
    answers: impl Iterator<Item = std::result::Result<TokenRecord, CorpusError>>,
    order: Order,
    profile: &Profile,
    progress: &mut dyn FnMut(Step<'_>),
    examination: &mut examination::Examination,
) -> Result<(Answers, Option<Sources>)> {
    read::in_blocks(
        answers,
        profile.window,
        progress,
        |record| {
            watch.see(record);
            Ok(())
        },
        |raw| Ok(examination.observe(&raw)?),
    )?;
    Ok(watch.tell(order, examination))
}

/// What came of reading the answers.
#[derive(Default)]
struct Read {
    answers: Answers,
    sources: Option<Sources>,
    reading: Reading,
    skipped: Skipped,
    /// SHA-256 and length of what came from stdin.
    stdin: Option<([u8; 32], u64)>,
    quoted: Option<Quoted>,
}

fn examine_with(
    plan: &Plan,
    keys: &[Key],
    disclose: bool,
    collection: Option<Collection>,
    progress: &mut dyn FnMut(Step<'_>),
    mut answers: impl FnMut(
        &Profile,
        bool,
        &mut dyn FnMut(Step<'_>),
        &mut examination::Examination,
    ) -> Result<Read>,
) -> Result<(Examined, Option<Shown>)> {
    plan.check()?;
    let profile = plan.profile.profile()?;
    let tested = named(&plan.keys, keys)?;
    let judge = Judge::new(plan, &profile)?;
    read::refuse_stdin_twice(plan.files())?;
    let mut inputs = plan.inputs()?;
    // Everything that shapes the weights is fixed here, before any answer is scored.
    let weighed = weights::weigh(&plan.weighing, &profile, &plan.keys)?;
    let asked = collection.as_ref().map(|log| &log.prompts_sha256[..]);
    let opened = visits::open_all(&plan.first_visits, &profile, &plan.keys)?;
    let (visited, logs): (Vec<_>, Vec<_>) = opened.into_iter().unzip();
    let background = weighed.background_counts;
    let first_visits = (!logs.is_empty()).then_some(Logs { logs, background });
    let chosen = prompts::chosen(&plan.probes, &plan.keys, asked)?;
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
        first_visits,
        decoys: plan.decoys,
        decoy_draw: plan.decoy_seed,
        dedup: plan.dedup.into(),
        disclose,
    };
    let mut make = |leave_out: bool| {
        make(&profile, &tested, tests.clone(), |examination| {
            if chosen.by_tested_key {
                examination.unproven(Unproven::KeyFreePrompts);
            }
            let read = answers(&profile, leave_out, progress, examination)?;
            if read.skipped.is_much() {
                examination.warn(Warning::RecordsSkipped);
            }
            let references = &plan.references;
            let reference =
                reference::observe(references, &plan.answers, &profile, examination, progress)?;
            Ok((read, reference))
        })
    };
    let mut made = make(true)?;
    let left_out = made
        .read
        .0
        .quoted
        .as_ref()
        .map_or(0, |quoted| quoted.left_out);
    if left_out > 0 {
        // What is left out depends on the key: where nothing of it was shown after all, the examination of everything holds.
        let all = make(false)?;
        made.tests = examination::weaker(made.tests, all.tests);
        made.disclosed = None;
    }
    for finding in &mut made.tests {
        let mut keys = tested.iter();
        let key = keys.find(|key| key.public_id().to_string() == finding.key_id);
        finding.warnings.extend(key.and_then(marks::anyones));
    }
    let (read, reference) = made.read;
    let Read {
        answers,
        sources,
        reading,
        skipped,
        stdin,
        quoted,
    } = read;
    if let Some((digest, bytes)) = stdin {
        inputs.push(InputFile::stdin(Role::Answers, digest, bytes));
    }
    let outcomes = judge.outcomes(&plan.keys, &made.tests, &made.counts);
    let conditions = conditions::of(&conditions::Case {
        plan,
        tests: &made.tests,
        counts: &made.counts,
        answers: &answers,
        collection: collection.as_ref(),
        quoted: quoted.as_ref(),
        chosen,
        reading: &reading,
        skipped: &skipped,
        reference: reference.as_ref(),
        missing: visited
            .iter()
            .filter_map(|log| log.missing)
            .map(u64::from)
            .sum(),
    });
    let examined = Examined {
        schema: formats::Examine,
        version: VERSION.to_owned(),
        profile: plan.profile.clone(),
        key_id: plan
            .keys
            .first()
            .map_or_else(String::new, |key| key.key_id.clone()),
        keys: plan.keys.clone(),
        level: LEVEL,
        inputs,
        plan_sha256: plan.digest()?,
        plan: plan.clone(),
        counts: made.counts,
        answers,
        collection,
        quoted,
        reading,
        skipped,
        decoy_seed: plan.decoy_seed,
        harvests: weighed.harvests,
        first_visits: visited,
        background: weighed.background,
        reference,
        controls: plan.controls.clone(),
        logprobs: used,
        outcome: outcome::overall(&outcomes),
        outcomes,
        cohorts: Cohorts::of(&made.tests, profile.law(), profile.ring)
            .map_err(ExaminationError::from)?,
        tests: made.tests,
        not_made: made.left_out.iter().map(NotMade::from).collect(),
        conditions,
        does_not_show: DOES_NOT_SHOW.map(str::to_owned).to_vec(),
    };
    let shown = made.disclosed.map(|cells| Shown { cells, sources });
    Ok((examined, shown))
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
