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
use hallmark_detector::document::{self, DocumentScore};
use hallmark_detector::examination::{Examination, ExaminationError, Plan};
use hallmark_detector::finding::{Counts, Finding};
use hallmark_detector::tail::Log10P;
use hallmark_detector::warning::{FEW_CELLS, Warning};
use serde::Serialize;

/// The result of `detect`.
#[derive(Serialize)]
pub(crate) struct Detected {
    pub(crate) schema: &'static str,
    /// Version of this program.
    pub(crate) version: &'static str,
    pub(crate) profile: ProfileJson,
    pub(crate) key_id: String,
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
    /// Where the mark is; left out for other engines' marks whose cells are no unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) located: Option<LocatedJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
}

pub(crate) fn run(args: &DetectArgs, output: &Output) -> Outcome {
    let profile = profile_files::read_any(&args.profile)?;
    let key = key_files::read_any(&args.key)?;
    let passages = Passages::new(args, &profile)?;
    let (key_id, read) = match Subject::new(&profile, &key)? {
        Subject::Native(profile, key) => (
            key.public_id(),
            native(args, output, profile, &key, &passages)?,
        ),
        Subject::Foreign(profile, id, mark) => {
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
            documents.push(Document::new(record, score, Some(located)));
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
    let mut documents: Vec<Document> = vec![];
    let mut scores: Vec<DocumentScore> = vec![];
    let skipped = evidence::read(
        &args.input,
        profile,
        output,
        |record| {
            let (score, located) = match mark.whole_cells() {
                Some(reading) => {
                    let raw = raw_cells(profile.window, record)?;
                    let (score, located) = document::score_and_locate(raw, reading, passages.level)
                        .map_err(|error| failure(&error))?;
                    (score, Some(passages.in_text(located, &record.tokens)?))
                }
                // Scored with the others of its block.
                None => (DocumentScore::NOTHING, None),
            };
            documents.push(Document::new(record, score, located));
            Ok(())
        },
        |raw| {
            if mark.whole_cells().is_some() {
                return pooled.observe(raw).map_err(|error| failure(&error));
            }
            scores.extend(pooled.observe_each(&raw).map_err(|error| failure(&error))?);
            Ok(())
        },
    )?;
    for (document, score) in documents.iter_mut().zip(scores) {
        document.set(score);
    }
    Ok(Read {
        counts: *pooled.counts(),
        skipped,
        pooled: pooled.finish().map_err(|error| failure(&error))?,
        documents,
    })
}

fn raw_cells(window: usize, record: &TokenRecord) -> Outcome<RawCells> {
    let mut raw = RawCells::new(window);
    evidence::push(&mut raw, record)?;
    Ok(raw)
}

impl Document {
    fn new(record: &TokenRecord, score: DocumentScore, located: Option<LocatedJson>) -> Self {
        let mut document = Self {
            source: evidence::place(&record.source),
            id: record.id.clone(),
            tokens: 0,
            scored: 0,
            statistic: 0.0,
            log10_p: Log10P::ONE,
            located,
            warnings: vec![],
        };
        document.set(score);
        document
    }

    fn set(&mut self, score: DocumentScore) {
        self.tokens = score.tokens;
        self.scored = score.scored;
        self.statistic = score.statistic;
        self.log10_p = score.log10_p;
        self.warnings.clear();
        if score.scored < FEW_CELLS {
            self.warnings.push(Warning::TooFewCells);
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
