//! `doctor`: what has to be changed for the mark to be found?

mod changes;
mod sample;
mod vocabularies;

use crate::args::DoctorArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::doctor_text;
use crate::results::doctor::{Diagnosed, Diagnosis, Tried};
use changes::{Change, changes};
use hallmark::Exit;
use hallmark::files::{keys, profiles};
use hallmark::json::{VERSION, formats};
use hallmark::marks;
use hallmark::profile::ProfileJson;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Parameters;
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Detection;
use hallmark_detector::multiplicity::holm;
use hallmark_detector::tail::Log10P;
use sample::Sample;

/// The level, over everything that is tried, at which a mark counts as found.
const LEVEL: f64 = 1e-6;

/// The level at which it counts as weakly found as things are, which is one try.
const WEAKLY: f64 = 1e-4;

/// Decades by which a change has to be ahead of none: nearly equal numbers on two sides of a level are no diagnosis.
const CLEARLY: f64 = 3.0;

/// A change that makes log10 p this many times as low is worth a word although the mark is found without it.
const FAR: f64 = 1.5;

/// Of a share: this part of the best log10 p is as good.
const AS_GOOD: f64 = 0.9;

pub(crate) fn run(args: &DoctorArgs, output: &Output) -> Outcome {
    let given = profiles::read(&args.profile)?;
    let key = keys::read(&args.key)?;
    let key = key.marking_key();
    // How many layers there are follows from the key.
    let profile = marks::with_layers_of(&given, &key).unwrap_or_else(|| given.clone());
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
    let best = tried[1..].first().filter(|tried| is_found(tried));
    // Neighbouring shares find nearly the same: the other key's is the likelier fault.
    let other_keys = tried[1..]
        .iter()
        .find(|tried| tried.change == changes::OTHER_KEYS_SHARE);
    let is_as_good = |one: &&Tried, best: &Tried| {
        is_found(one) && one.log10_p.value() <= AS_GOOD * best.log10_p.value()
    };
    let best = match best {
        Some(best) if best.change == "share" => Some(
            other_keys
                .filter(|one| is_as_good(one, best))
                .unwrap_or(best)
                .clone(),
        ),
        best => best.cloned(),
    };
    let log10_p = |tried: &Tried| tried.log10_p.value();
    let own = &tried[0];
    let is_far = |best: &Tried| log10_p(best) < FAR * log10_p(own);
    let is_clear = |best: &Tried| log10_p(best) <= log10_p(own) - CLEARLY;
    let (diagnosis, cure) = match best {
        Some(best) if is_found(own) && is_far(&best) && is_clear(&best) => {
            (Diagnosis::Weak, Some(best))
        }
        _ if is_found(own) => (Diagnosis::Healthy, None),
        Some(best) if is_clear(&best) => (Diagnosis::Curable, Some(best)),
        _ if own.log10_p.value() <= WEAKLY.log10() => (Diagnosis::Borderline, None),
        _ => (Diagnosis::Unknown, None),
    };
    let diagnosed = Diagnosed {
        schema: formats::Doctor,
        version: VERSION.to_owned(),
        profile: ProfileJson::from(&profile),
        key_id: own_id,
        documents: sample.documents.len() as u64,
        notes: layers(&given, &profile)
            .into_iter()
            .chain(sample.notes(&profile))
            .collect(),
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

/// A word on a profile that was changed for its key.
fn layers(given: &Profile, used: &Profile) -> Option<String> {
    let (Parameters::Tournament { layers: given }, Parameters::Tournament { layers: used }) =
        (given.scheme.parameters(), used.scheme.parameters())
    else {
        return None;
    };
    (given != used).then(|| {
        format!(
            "the key has {used} numbers, so {used} layers were tried, and not the profile's {given}"
        )
    })
}

/// Nothing where the change makes no valid profile or no valid key.
fn attempt(change: &Change, sample: &Sample) -> Outcome<Option<Tried>> {
    if change.profile.check().is_err() {
        return Ok(None);
    }
    // Nor where it makes numbers one that were several: equal layers count one text again and again.
    let Ok(mark) = marks::mark(&change.profile, &change.key) else {
        return Ok(None);
    };
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
