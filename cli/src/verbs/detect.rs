//! `detect`: is this text marked?

use super::passages::{LocatedJson, Passages};
use super::profile::ProfileJson;
use crate::args::{DedupArgs, DedupName, DetectArgs};
use crate::evidence::{self, Skipped};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::render::detect_text;
use crate::{key_files, profile_files};
use hallmark_core::mark;
use hallmark_detector::cells::RawCells;
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::document;
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
    /// Where the mark is.
    pub(crate) located: LocatedJson,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
}

pub(crate) fn run(args: &DetectArgs, output: &Output) -> Outcome {
    let profile = profile_files::read(&args.profile)?;
    let key = key_files::read(&args.key)?;
    let key = key.marking_key();
    let mark = mark::bind(&profile, &key);
    let mut documents = vec![];
    let passages = Passages::new(args, &profile)?;
    let plan = Plan {
        dedup: dedup_kind(&args.dedup),
        ..Plan::default()
    };
    let mut pooled = Examination::new(&profile, std::slice::from_ref(&key), plan)
        .map_err(|error| failure(&error))?;
    let skipped = evidence::read(
        &args.input,
        &profile,
        output,
        |record| {
            let mut raw = RawCells::new(profile.window);
            evidence::push(&mut raw, record)?;
            let (score, located) = document::score_and_locate(raw, &*mark, passages.level)
                .map_err(|error| failure(&error))?;
            documents.push(Document {
                source: evidence::place(&record.source),
                id: record.id.clone(),
                tokens: score.tokens,
                scored: score.scored,
                statistic: score.statistic,
                log10_p: score.log10_p,
                located: passages.in_text(located, &record.tokens)?,
                warnings: if score.scored < FEW_CELLS {
                    vec![Warning::TooFewCells]
                } else {
                    vec![]
                },
            });
            Ok(())
        },
        |raw| pooled.observe(raw).map_err(|error| failure(&error)),
    )?;
    let counts = *pooled.counts();
    let mut pooled = pooled
        .finish()
        .map_err(|error| failure(&error))?
        .swap_remove(0);
    // Marked text is marked whether it was copied or not.
    pooled
        .warnings
        .retain(|warning| *warning != Warning::ExposureUnknown);
    let detected = Detected {
        schema: "hallmark/detect/1",
        version: env!("CARGO_PKG_VERSION"),
        profile: ProfileJson::from(&profile),
        key_id: key.public_id().to_string(),
        counts,
        skipped,
        pooled,
        documents,
    };
    output.result(
        || detect_text(&detected, &profile),
        &detected,
        &detected.documents,
    )?;
    Ok(enough(&counts))
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
