//! `detect`: is this text marked?

use super::passages::{LocatedJson, Passages};
use super::profile::ProfileJson;
use crate::args::{DedupArgs, DedupName, DetectArgs};
use crate::evidence::{self, Skipped};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::marks;
use crate::output::Output;
use crate::render::detect_text;
use crate::{key_files, profile_files};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Documents;
use hallmark_detector::detection::document::DocumentScore;
use hallmark_detector::error::ExaminationError;
use hallmark_detector::finding::{Counts, FEW_CELLS, Finding, Warning};
use hallmark_detector::tail::Log10P;
use serde::Serialize;

/// The result of `detect`.
#[derive(Serialize)]
pub(crate) struct Detected {
    pub(crate) schema: &'static str,
    /// Version of this program.
    pub(crate) version: &'static str,
    pub(crate) profile: ProfileJson,
    pub(crate) key_id: String,
    /// Whether layers are weighted as in `SynthID`'s weighted mean.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) weighted_mean: bool,
    pub(crate) counts: Counts,
    pub(crate) skipped: Skipped,
    /// T1 over the distinct cells of all documents together.
    pub(crate) pooled: Finding,
    /// T1 over the distinct cells of each document by itself.
    pub(crate) documents: Vec<Document>,
}

/// The result for one document.
#[derive(Clone, Serialize)]
pub(crate) struct Document {
    pub(crate) source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    pub(crate) tokens: u64,
    pub(crate) scored: u64,
    pub(crate) statistic: f64,
    pub(crate) log10_p: Log10P,
    /// The same for text that no key of the engine marked, where that is smaller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) log10_p_unmarked: Option<Log10P>,
    /// Where the mark is; left out for other engines' marks that have no law for parts of a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) located: Option<LocatedJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
}

pub(crate) fn run(args: &DetectArgs, output: &Output) -> Outcome {
    let profile = profile_files::read(&args.profile)?;
    let key = key_files::read(&args.key)?;
    let passages = Passages::new(args, &profile)?;
    let key = key.marking_key();
    let mark = if args.weighted_mean {
        marks::weighted_mean(&profile, &key)?
    } else {
        marks::mark(&profile, &key)?
    };
    let mut read = read(args, output, &profile, &mark, &passages)?;
    // Marked text is marked whether it was copied or not.
    read.pooled
        .warnings
        .retain(|warning| *warning != Warning::ExposureUnknown);
    let counts = read.counts;
    let detected = Detected {
        schema: "hallmark/detect/1",
        version: env!("CARGO_PKG_VERSION"),
        profile: ProfileJson::from(&profile),
        key_id: mark.key().to_string(),
        weighted_mean: args.weighted_mean,
        counts,
        skipped: read.skipped,
        pooled: read.pooled,
        documents: read.documents,
    };
    output.result(
        || detect_text(&detected, &profile),
        &detected,
        &detected.documents,
    )?;
    Ok(enough(&counts))
}

/// What was found in the inputs.
struct Read {
    counts: Counts,
    skipped: Skipped,
    pooled: Finding,
    documents: Vec<Document>,
}

fn read(
    args: &DetectArgs,
    output: &Output,
    profile: &Profile,
    mark: &Mark,
    passages: &Passages<'_>,
) -> Outcome<Read> {
    let mut pooled = Documents::new(mark, dedup_kind(&args.dedup));
    let mut records: Vec<(String, Option<String>)> = vec![];
    let mut documents = vec![];
    let skipped = evidence::read(
        &args.input,
        profile,
        output,
        |record| {
            records.push((evidence::place(&record.source), record.id.clone()));
            Ok(())
        },
        |raw| {
            let read = pooled
                .observe(&raw, passages.level)
                .map_err(|error| failure(&error))?;
            for (tokens, document) in raw.answers().zip(read) {
                let located = document
                    .located
                    .map(|located| passages.in_text(located, tokens))
                    .transpose()?;
                documents.push((document.score, located));
            }
            Ok(())
        },
    )?;
    let documents = records.into_iter().zip(documents);
    Ok(Read {
        counts: pooled.counts(),
        skipped,
        documents: documents
            .map(|(record, (score, located))| Document::new(record, score, located))
            .collect(),
        pooled: pooled.finish().map_err(|error| failure(&error))?,
    })
}

impl Document {
    /// Of a record's place and id.
    fn new(
        (source, id): (String, Option<String>),
        score: DocumentScore,
        located: Option<LocatedJson>,
    ) -> Self {
        Self {
            source,
            id,
            tokens: score.tokens,
            scored: score.scored,
            statistic: score.statistic,
            log10_p: score.log10_p,
            log10_p_unmarked: score.log10_p_unmarked,
            located,
            warnings: if score.scored < FEW_CELLS {
                vec![Warning::TooFewCells]
            } else {
                vec![]
            },
        }
    }
}

/// Exit status 4 where nothing can be said either way.
pub(super) fn enough(counts: &Counts) -> Exit {
    if counts.scored < FEW_CELLS {
        Exit::TooLittle
    } else {
        Exit::Done
    }
}

/// The set that the flags ask for.
pub(super) fn dedup_kind(args: &DedupArgs) -> DedupKind {
    match args.dedup {
        DedupName::Compact => DedupKind::Compact,
        DedupName::Exact => DedupKind::Exact,
        DedupName::Bloom => {
            let budget_bytes = u64::from(args.dedup_memory) << 20;
            // Laid out for 16 bits a cell.
            DedupKind::Bloom {
                budget_bytes,
                expected_units: budget_bytes / 2,
            }
        }
    }
}

/// An examination that could not go on.
pub(super) fn failure(error: &ExaminationError) -> Failure {
    Failure::usage(error)
}
