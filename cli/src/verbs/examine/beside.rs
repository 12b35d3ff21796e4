//! Controls and log-probabilities of an examination.

use super::TriedKey;
use crate::args::{BesideArgs, InputArgs};
use crate::builtin;
use crate::failure::{Failure, Outcome};
use crate::key_files;
use crate::output::{Output, shown};
use crate::progress::Progress;
use hallmark_core::keys::Key;
use hallmark_core::profile::Profile;
use hallmark_corpus::logprobs::{EncodedLogprobs, LogprobReader, Unmapped};
use hallmark_corpus::{CorpusError, Limits, ReadOptions};
use hallmark_detector::cells::Exposure;
use hallmark_detector::statistic::logprobs::{
    Emphasis, Evidence, LogprobError, MassCounts, Masses,
};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

/// The controls' keys, and what they are called.
pub(super) fn controls(args: &BesideArgs) -> Outcome<(Vec<Key>, Vec<TriedKey>)> {
    let (mut keys, mut names) = (vec![], Vec::<TriedKey>::new());
    for path in &args.controls {
        let key = key_files::read(path)?.marking_key();
        let key_id = key.public_id().to_string();
        if names.iter().any(|other| other.key_id == key_id) {
            let file = shown(path);
            return Err(
                Failure::usage(format_args!("control {key_id} was given twice ({file})"))
                    .hint("give each control once: every contrast counts in the adjustment"),
            );
        }
        keys.push(key);
        names.push(TriedKey {
            key_id,
            file: shown(path),
        });
    }
    Ok((keys, names))
}

/// The log-probabilities that T9 was made from.
#[derive(Serialize)]
pub(crate) struct UsedLogprobs {
    files: Vec<String>,
    counts: MassCounts,
    /// Candidates whose string is not exactly one token of the marking model: left out.
    unmapped: UnmappedCounts,
    /// The reference model's, where weights are differences to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Box<UsedLogprobs>>,
}

#[derive(Serialize)]
struct UnmappedCounts {
    candidates: u64,
    of: u64,
    /// The share of the listed probability that was left out.
    mass: f64,
}

/// Reads log-probabilities and makes the evidence, before any key is used.
pub(super) fn logprobs(
    args: &BesideArgs,
    input: &InputArgs,
    profile: &Profile,
    output: &Output,
) -> Outcome<Option<(UsedLogprobs, Arc<Evidence>, MassCounts)>> {
    if args.logprobs.is_empty() {
        return Ok(None);
    }
    let (masses, mut used) = read(&args.logprobs, input, profile, output)?;
    let evidence = if args.reference_logprobs.is_empty() {
        Evidence::new(&masses, Emphasis::default())
    } else {
        let (reference, used_reference) = read(&args.reference_logprobs, input, profile, output)?;
        used.reference = Some(Box::new(used_reference));
        Evidence::against(&masses, &reference)
    };
    Ok(Some((used, Arc::new(evidence), *masses.counts())))
}

fn read(
    files: &[PathBuf],
    input: &InputArgs,
    profile: &Profile,
    output: &Output,
) -> Outcome<(Masses, UsedLogprobs)> {
    let usual = Limits::default();
    let options = ReadOptions {
        limits: Limits {
            max_record_bytes: input.max_record_bytes.unwrap_or(usual.max_record_bytes),
            max_document_bytes: input.max_document_bytes.unwrap_or(usual.max_document_bytes),
            max_total_bytes: input.max_total_bytes.unwrap_or(usual.max_total_bytes),
            max_nesting: input.max_nesting.unwrap_or(usual.max_nesting),
        },
        vocab_size: Some(profile.tokenizer.vocab_size),
        ..ReadOptions::default()
    };
    let tokenizer = builtin::tokenizer_for(profile, input.tokenizer.as_deref())?;
    let mut masses = Masses::new(profile.window);
    let mut unmapped = Unmapped::default();
    let mut mass = 0.0;
    let mut progress = Progress::new(output, "reading log-probabilities", None);
    let records = LogprobReader::open_all(files, &options).map_err(|error| failure(&error))?;
    for record in records {
        let encoded = record
            .and_then(|record| record.encode(tokenizer.as_ref(), profile.window))
            .map_err(|error| failure(&error))?;
        unmapped.candidates += encoded.unmapped.candidates;
        unmapped.of += encoded.unmapped.of;
        unmapped.mass += encoded.unmapped.mass;
        mass += add(&mut masses, &encoded).map_err(|error| {
            Failure::usage(format_args!("{}: {error}", encoded.source))
                .hint("check that these are natural logarithms of the probabilities that the suspect gave")
        })?;
        progress.set(masses.counts().positions);
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
fn add(masses: &mut Masses, record: &EncodedLogprobs) -> Result<f64, LogprobError> {
    let mut sequence = masses.sequence(Exposure {
        pieces: &record.exposure,
        known: record.exposure_known,
    });
    let mut mass = 0.0;
    for step in &record.steps {
        if step.top.is_empty() {
            sequence.pass(&step.window);
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

fn failure(error: &CorpusError) -> Failure {
    Failure::usage(error).hint(error.hint())
}
