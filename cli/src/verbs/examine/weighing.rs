//! Where weights and expected counts come from: indexes and a control sample.

use crate::args::{ExamineArgs, RuleName, WeightArgs};
use crate::evidence::{self, Skipped};
use crate::failure::{Failure, Outcome};
use crate::output::{Output, shown};
use crate::verbs::detect::failure;
use crate::verbs::index;
use hallmark_core::profile::Profile;
use hallmark_core::windows::WindowCounts;
use hallmark_detector::examination::Examination;
use hallmark_detector::finding::Expectation;
use hallmark_detector::weights::{WeightRule, WeightsError, WindowWeights};
use hallmark_harvest::Index;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

/// An index that weights were made from.
#[derive(Serialize)]
pub(crate) struct UsedIndex {
    pub(crate) file: String,
    /// Of its content; it was compared.
    sha256: String,
    /// Windows counted, with repetitions.
    windows: u64,
    distinct_windows: u64,
    /// The key that marked its text, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    marked_by: Option<String>,
}

/// The control sample of T2r.
#[derive(Serialize)]
pub(crate) struct Reference {
    files: Vec<String>,
    pub(crate) answers: u64,
    pub(crate) tokens: u64,
    skipped: Skipped,
}

/// The weights with what they were made from.
#[derive(Default)]
pub(crate) struct Weighing {
    pub(crate) weights: Option<Arc<WindowWeights>>,
    pub(crate) harvests: Vec<UsedIndex>,
    pub(crate) background: Option<UsedIndex>,
}

/// Opens the indexes and makes the weights.
pub(crate) fn weigh(args: &WeightArgs, profile: &Profile) -> Outcome<Weighing> {
    if args.harvests.is_empty() {
        return Ok(Weighing::default());
    }
    let mut harvests = vec![];
    let mut counts: Vec<Arc<dyn WindowCounts>> = vec![];
    for path in &args.harvests {
        let (used, index) = open(path, profile)?;
        if harvests
            .iter()
            .any(|other: &UsedIndex| other.sha256 == used.sha256)
        {
            return Err(
                Failure::usage(format_args!("--harvest {} is given twice", shown(path)))
                    .hint("give each index once: their counts add up"),
            );
        }
        harvests.push(used);
        counts.push(index);
    }
    let background = args.background.as_deref().map(|path| open(path, profile));
    let (background, background_counts) = match background.transpose()? {
        Some((used, index)) => (Some(used), Some(index as Arc<dyn WindowCounts>)),
        None => (None, None),
    };
    let weights = WindowWeights::new(counts, background_counts, rule(args))
        .map_err(|error| refused(&error))?;
    Ok(Weighing {
        weights: Some(Arc::new(weights)),
        harvests,
        background,
    })
}

/// Whether T2r is made, and where its expected counts come from.
pub(super) fn expectation(args: &WeightArgs) -> Option<Expectation> {
    match (args.references.is_empty(), args.harvests.is_empty()) {
        (false, _) => Some(Expectation::Reference),
        (true, false) => Some(Expectation::ShorterWindow),
        (true, true) => None,
    }
}

/// Reads the control sample into the examination.
pub(super) fn read_reference(
    args: &ExamineArgs,
    profile: &Profile,
    output: &Output,
    examination: &mut Examination,
) -> Outcome<Option<Reference>> {
    let files = &args.weights.references;
    if files.is_empty() {
        return Ok(None);
    }
    let (mut answers, mut tokens) = (0, 0);
    let skipped = evidence::read_files(
        files,
        &args.input,
        profile,
        output,
        |record| {
            answers += 1;
            tokens += record.tokens.len() as u64;
            Ok(())
        },
        |raw| {
            examination
                .observe_reference(&raw)
                .map_err(|error| failure(&error))
        },
    )?;
    Ok(Some(Reference {
        files: files.iter().map(|path| shown(path)).collect(),
        answers,
        tokens,
        skipped,
    }))
}

/// Opens an index of this profile's windows and checks its digest.
fn open(path: &Path, profile: &Profile) -> Outcome<(UsedIndex, Arc<Index>)> {
    let index = index::open(path)?;
    let header = index.header();
    if header.window != profile.window {
        return Err(Failure::usage(format_args!(
            "{} counts windows of {} tokens, and the profile's have {}",
            shown(path),
            header.window,
            profile.window
        ))
        .hint("make the index with the profile of the examination"));
    }
    let own = profile.tokenizer.sha256.as_deref();
    let others = header.tokenizer.map(|digest| digest.to_string());
    if let (Some(own), Some(other)) = (own, &others)
        && own != other
    {
        return Err(Failure::integrity(format_args!(
            "{} counts tokens of another tokenizer (SHA-256 {other}) than the profile's ({own})",
            shown(path)
        ))
        .hint("make the index with the profile of the examination"));
    }
    let digest = index.verify().map_err(|error| index::failure(&error))?;
    let used = UsedIndex {
        file: shown(path),
        sha256: digest.to_string(),
        windows: header.total,
        distinct_windows: header.distinct,
        marked_by: header.marked_by.key().map(|id| id.to_string()),
    };
    Ok((used, Arc::new(index)))
}

fn rule(args: &WeightArgs) -> WeightRule {
    match args.rule {
        RuleName::Filter => WeightRule::Filter,
        RuleName::Graded => WeightRule::Graded {
            assumed_share: args.assumed_share,
            prior: args.weight_prior,
            floor: args.weight_floor,
        },
    }
}

fn refused(error: &WeightsError) -> Failure {
    let failure = Failure::usage(error);
    match error {
        WeightsError::NoHarvest | WeightsError::NoBackground => {
            failure.hint("`hallmark index show FILE` says what an index holds")
        }
        WeightsError::Share { .. } => {
            failure.hint("give --assumed-share as a fraction, such as 0.01")
        }
        WeightsError::Prior { .. } => failure.hint("give --weight-prior as a number such as 2"),
        WeightsError::Window { .. } => failure.hint("make all indexes with the same profile"),
        _ => failure,
    }
}
