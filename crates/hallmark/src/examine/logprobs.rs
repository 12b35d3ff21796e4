//! Log-probabilities, made into the evidence of T9.

use super::plan::Plan;
use crate::error::{Error, Result};
use crate::progress::Step;
use crate::read::{Inputs, Skipped, is_zero};
use crate::text::shown;
use crate::tokenizers;
use hallmark_core::profile::Profile;
use hallmark_corpus::logprobs::{EncodedLogprobs, LeftOut, LogprobReader, Unmapped};
use hallmark_detector::cells::Exposure;
use hallmark_detector::statistic::logprobs::{
    Emphasis, Evidence, LogprobError, MassCounts, Masses,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// The log-probabilities that T9 was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UsedLogprobs {
    /// Their files.
    pub files: Vec<String>,
    /// What was read and what was left out.
    pub counts: MassCounts,
    /// Answers that have none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub without: u64,
    /// Answers whose tokens' strings do not spell their text, so that no window is known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unspelled: u64,
    /// Positions of these.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread: u64,
    /// Whether such strings name ids of the suspect's tokenizer: `--ids` reads them as the marking model's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub are_ids: bool,
    /// Records that were skipped.
    #[serde(default)]
    pub skipped: Skipped,
    /// Candidates whose string is not exactly one token of the marking model: left out.
    pub unmapped: UnmappedCounts,
    /// The reference model's, where weights are differences to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Box<UsedLogprobs>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
/// Candidates that were left out.
pub struct UnmappedCounts {
    /// How many.
    pub candidates: u64,
    /// Of how many.
    pub of: u64,
    /// The share of the listed probability that was left out.
    pub mass: f64,
}

/// Reads log-probabilities and makes the evidence, before any key is used.
pub(super) fn logprobs(
    plan: &Plan,
    profile: &Profile,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Option<(UsedLogprobs, Arc<Evidence>, MassCounts)>> {
    if plan.logprobs.is_empty() {
        return Ok(None);
    }
    let (masses, mut used) = read(&plan.logprobs, &plan.answers, profile, progress)?;
    let evidence = if plan.reference_logprobs.is_empty() {
        Evidence::new(&masses, Emphasis::default())
    } else {
        let (reference, used_reference) =
            read(&plan.reference_logprobs, &plan.answers, profile, progress)?;
        used.reference = Some(Box::new(used_reference));
        Evidence::against(&masses, &reference)
    };
    Ok(Some((used, Arc::new(evidence), *masses.counts())))
}

fn read(
    files: &[PathBuf],
    inputs: &Inputs,
    profile: &Profile,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<(Masses, UsedLogprobs)> {
    let options = inputs.of_logprobs(profile.tokenizer.vocab_size)?;
    let tokenizer = tokenizers::of_profile(profile, inputs.tokenizer.as_deref())?;
    let mut masses = Masses::new(profile.window);
    let mut unmapped = Unmapped::default();
    let mut mass = 0.0;
    let (mut without, mut unspelled, mut unread) = (0, 0, 0);
    let mut are_ids = false;
    let mut reader = LogprobReader::open_all(files, &options)?;
    for record in reader.by_ref() {
        let encoded =
            record.and_then(|record| record.encode(tokenizer.as_ref(), profile.window))?;
        match encoded.left_out {
            Some(LeftOut::Without) => without += 1,
            Some(LeftOut::Unspelled {
                positions,
                are_ids: ids,
            }) => {
                unspelled += 1;
                unread += positions;
                are_ids |= ids;
            }
            None => {}
        }
        unmapped.candidates += encoded.unmapped.candidates;
        unmapped.of += encoded.unmapped.of;
        unmapped.mass += encoded.unmapped.mass;
        mass +=
            add(&mut masses, &encoded).map_err(|error| Error::from(error).at(&encoded.source))?;
        progress(Step {
            what: "reading log-probabilities",
            done: masses.counts().positions,
            all: None,
        });
    }
    let listed = mass + unmapped.mass;
    let share = if listed > 0.0 {
        unmapped.mass / listed
    } else {
        0.0
    };
    let used = UsedLogprobs {
        files: files.iter().map(|file| shown(file)).collect(),
        counts: *masses.counts(),
        without,
        unspelled,
        unread,
        are_ids,
        skipped: Skipped::of_logprobs(&reader),
        unmapped: UnmappedCounts {
            candidates: unmapped.candidates,
            of: unmapped.of,
            // Sums of exponentials differ in their last digits between machines.
            mass: (share * 1e6).round() / 1e6,
        },
        reference: None,
    };
    Ok((masses, used))
}

/// Adds a record's positions; the probability that was listed for them.
fn add(masses: &mut Masses, record: &EncodedLogprobs) -> std::result::Result<f64, LogprobError> {
    let mut sequence = masses.sequence(Exposure {
        pieces: &record.exposure,
        known: record.exposure_known,
        in_other_form: &[],
    });
    let mut mass = 0.0;
    for step in &record.steps {
        if step.top.is_empty() {
            sequence.pass(&step.window);
        } else if step.in_other_form {
            sequence.leave_out(&step.window);
        } else {
            sequence.position(&step.window, &step.top)?;
            mass += step
                .top
                .iter()
                .map(|(_, logprob)| logprob.exp())
                .sum::<f64>();
        }
    }
    Ok(mass)
}
