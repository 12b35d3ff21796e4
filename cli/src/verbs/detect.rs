//! `detect`: is this text marked?

use super::passages::{LocatedJson, Passages};
use super::profile::ProfileJson;
use crate::args::{DedupArgs, DedupName, DetectArgs};
use crate::evidence::{self, Skipped};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::render::detect_text;
use crate::subject::Subject;
use crate::{key_files, profile_files};
use hallmark_core::keys::{CohortKey, PublicId};
use hallmark_core::mark::{self, KeyedMark};
use hallmark_core::profile::{ForeignProfile, Profile};
use hallmark_corpus::TokenRecord;
use hallmark_detector::cells::RawCells;
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Detection;
use hallmark_detector::detection::document::{self, DocumentScore};
use hallmark_detector::error::ExaminationError;
use hallmark_detector::examination::{Examination, Plan};
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
    let profile = profile_files::read_any(&args.profile)?;
    let key = key_files::read_any(&args.key)?;
    let passages = Passages::new(args, &profile)?;
    let mut subject = Subject::new(&profile, &key)?;
    if args.weighted_mean {
        subject = subject.weighted_mean()?;
    }
    let (key_id, read) = match subject {
        Subject::Native(profile, key) => (
            key.public_id(),
            native(args, output, profile, &key, &passages)?,
        ),
        Subject::Foreign(profile, key, mark) => {
            let id = key.public_id();
            (id, foreign(args, output, profile, id, &mark, &passages)?)
        }
    };
    let mut read = read;
    // Marked text is marked whether it was copied or not.
    read.pooled
        .warnings
        .retain(|warning| *warning != Warning::ExposureUnknown);
    let counts = read.counts;
    let detected = Detected {
        schema: "hallmark/detect/1",
        version: env!("CARGO_PKG_VERSION"),
        profile: ProfileJson::from(&profile),
        key_id: key_id.to_string(),
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

fn native(
    args: &DetectArgs,
    output: &Output,
    profile: &Profile,
    key: &CohortKey,
    passages: &Passages<'_>,
) -> Outcome<Read> {
    let mark = mark::bind(profile, key);
    let mut documents = vec![];
    let plan = Plan {
        dedup: dedup_kind(&args.dedup),
        ..Plan::default()
    };
    let mut pooled = Examination::new(profile, std::slice::from_ref(key), plan)
        .map_err(|error| failure(&error))?;
    let skipped = evidence::read(
        &args.input,
        profile,
        output,
        |record| {
            let raw = raw_cells(profile.window, record)?;
            let (score, located) = document::score_and_locate(raw, &*mark, passages.level)
                .map_err(|error| failure(&error))?;
            let located = passages.in_text(located, &record.tokens)?;
            let place = (evidence::place(&record.source), record.id.clone());
            documents.push(Document::new(place, score, Some(located)));
            Ok(())
        },
        |raw| pooled.observe(raw).map_err(|error| failure(&error)),
    )?;
    let counts = *pooled.counts();
    let pooled = pooled
        .finish()
        .map_err(|error| failure(&error))?
        .swap_remove(0);
    Ok(Read {
        counts,
        skipped,
        pooled,
        documents,
    })
}

fn foreign(
    args: &DetectArgs,
    output: &Output,
    profile: &ForeignProfile,
    id: PublicId,
    mark: &KeyedMark,
    passages: &Passages<'_>,
) -> Outcome<Read> {
    let mut pooled = Detection::new(id, mark, profile.window, dedup_kind(&args.dedup));
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
                .observe_each(&raw, passages.level)
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
        counts: *pooled.counts(),
        skipped,
        documents: documents
            .map(|(record, (score, located))| Document::new(record, score, located))
            .collect(),
        pooled: pooled.finish().map_err(|error| failure(&error))?,
    })
}

fn raw_cells(window: usize, record: &TokenRecord) -> Outcome<RawCells> {
    let mut raw = RawCells::new(window);
    evidence::push(&mut raw, record)?;
    Ok(raw)
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
