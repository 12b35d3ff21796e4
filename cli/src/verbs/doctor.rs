//! `doctor`: what has to be changed for the mark to be found?

mod changes;
mod sample;

use crate::args::DoctorArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::doctor_text;
use changes::{Change, changes};
use hallmark::Exit;
use hallmark::files::{keys, profiles};
use hallmark::json::{VERSION, formats};
use hallmark::marks;
use hallmark::profile::ProfileJson;
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Detection;
use hallmark_detector::multiplicity::holm;
use hallmark_detector::tail::Log10P;
use sample::Sample;
use serde::{Deserialize, Serialize};

/// The result of `doctor`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Diagnosed {
    pub(crate) schema: formats::Doctor,
    /// Version of this program.
    pub(crate) version: String,
    pub(crate) profile: ProfileJson,
    pub(crate) key_id: String,
    pub(crate) documents: u64,
    /// What is wrong with the sample itself.
    pub(crate) notes: Vec<String>,
    pub(crate) diagnosis: Diagnosis,
    /// The change that finds the mark best, where it is not found, or far less well, as things are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cure: Option<Tried>,
    /// Everything that was tried: first as things are, then the smallest p first.
    pub(crate) tried: Vec<Tried>,
}

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Diagnosis {
    /// The mark is found as things are.
    Healthy,
    /// It is found as things are, and far better with a change.
    Weak,
    /// It is found with a change.
    Curable,
    /// It is found with none of them.
    Unknown,
}

/// A change with what it finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Tried {
    /// What was changed: `nothing`, `window`, `vocabulary`, `gamma`, `key-order`, `prompt`,
    /// `first-token`, `offset` or `record-tokens`.
    pub(crate) change: String,
    /// The same in words.
    pub(crate) what: String,
    pub(crate) scored: u64,
    pub(crate) log10_p: Log10P,
    /// Adjusted for everything that was tried.
    pub(crate) log10_p_adjusted: Log10P,
}

/// The level, over everything that is tried, at which a mark counts as found.
const LEVEL: f64 = 1e-6;

/// A change that makes log10 p this many times as low is worth a word although the mark is found without it.
const FAR: f64 = 1.5;

pub(crate) fn run(args: &DoctorArgs, output: &Output) -> Outcome {
    let profile = profiles::read(&args.profile)?;
    let key = keys::read(&args.key)?;
    let key = key.marking_key();
    // Refuses what does not belong together.
    let own_id = marks::mark(&profile, &key)?.key().to_string();
    let sample = Sample::read(args, &profile)?;
    let mut tried = vec![];
    for change in changes(args, &profile, &key, &sample) {
        tried.extend(attempt(&change, &sample)?);
    }
    let alone: Vec<Log10P> = tried.iter().map(|tried| tried.log10_p).collect();
    for (tried, adjusted) in tried.iter_mut().zip(holm(&alone)) {
        tried.log10_p_adjusted = adjusted;
    }
    tried[1..].sort_by(|a, b| a.log10_p.value().total_cmp(&b.log10_p.value()));
    let is_found = |tried: &Tried| tried.log10_p_adjusted.value() <= LEVEL.log10();
    let best = tried[1..].first().filter(|tried| is_found(tried)).cloned();
    let log10_p = |tried: &Tried| tried.log10_p.value();
    let (diagnosis, cure) = match best {
        Some(best) if is_found(&tried[0]) && log10_p(&best) < FAR * log10_p(&tried[0]) => {
            (Diagnosis::Weak, Some(best))
        }
        _ if is_found(&tried[0]) => (Diagnosis::Healthy, None),
        Some(best) => (Diagnosis::Curable, Some(best)),
        None => (Diagnosis::Unknown, None),
    };
    let diagnosed = Diagnosed {
        schema: formats::Doctor,
        version: VERSION.to_owned(),
        profile: ProfileJson::from(&profile),
        key_id: own_id,
        documents: sample.documents.len() as u64,
        notes: sample.notes(&profile),
        diagnosis,
        cure,
        tried,
    };
    output.result(
        || doctor_text(&diagnosed, &profile),
        &diagnosed,
        &diagnosed.tried,
    )?;
    Ok(Exit::Done)
}

/// Nothing where the change makes no valid profile.
fn attempt(change: &Change, sample: &Sample) -> Outcome<Option<Tried>> {
    if change.profile.check().is_err() {
        return Ok(None);
    }
    let mark = marks::mark(&change.profile, &change.key)?;
    let mut detection = Detection::new([&mark], DedupKind::Exact);
    let raw = sample.cells(change.profile.window, &change.reading)?;
    detection.observe(&raw)?;
    // A diagnosis is no evidence: what other keys would score does not matter.
    let finding = detection.finish_without_others()?.swap_remove(0);
    Ok(Some(Tried {
        change: change.name.to_owned(),
        what: change.what.clone(),
        scored: finding.scored,
        log10_p: finding.log10_p,
        log10_p_adjusted: finding.log10_p,
    }))
}
