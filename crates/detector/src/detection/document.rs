//! One document by itself: its own distinct cells, its own p-value.

use super::localize::{Located, Scores};
use crate::cells::{DistinctCells, RawCells};
use crate::dedup::{Dedup, Exact};
use crate::error::ExaminationError;
use crate::statistic::plain;
use crate::tail::Log10P;
use hallmark_core::mark::Reading;

/// T1 on the distinct fresh cells of one document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DocumentScore {
    /// Tokens in the document.
    pub tokens: u64,
    /// Distinct fresh cells.
    pub scored: u64,
    /// The sum of their scores, in the printed unit.
    pub statistic: f64,
    /// log10 of the p-value of this document alone.
    pub log10_p: Log10P,
    /// Another engine's mark, where it is smaller: the same for text that no key of the engine marked
    /// ([`Finding`](crate::finding::Finding)).
    pub log10_p_unmarked: Option<Log10P>,
}

/// Scores what was pushed to `raw` as one document.
///
/// # Errors
/// When there are more cells than the tails allow.
pub fn score(raw: &RawCells, mark: &dyn Reading) -> Result<DocumentScore, ExaminationError> {
    let (tokens, distinct) = distinct(raw)?;
    whole(tokens, &distinct, mark)
}

/// The same, and where in the document the mark is: `raw` holds one answer, and `level` is shared by
/// all windows of it that are tried.
///
/// # Errors
/// When there are more cells than the tails allow.
pub fn score_and_locate(
    raw: &RawCells,
    mark: &dyn Reading,
    level: f64,
) -> Result<(DocumentScore, Located), ExaminationError> {
    let (tokens, distinct) = distinct(raw)?;
    located(tokens, &Scores::new(&distinct, mark, plain::p_value), level)
}

pub(crate) fn located(
    tokens: u64,
    scores: &Scores,
    level: f64,
) -> Result<(DocumentScore, Located), ExaminationError> {
    let score = DocumentScore {
        tokens,
        scored: scores.len() as u64,
        statistic: scores.statistic(),
        log10_p: scores.log10_p()?,
        log10_p_unmarked: None,
    };
    Ok((score, scores.locate(level)?))
}

fn distinct(raw: &RawCells) -> Result<(u64, DistinctCells), ExaminationError> {
    let tokens = raw.tokens() as u64;
    let mut own: Box<dyn Dedup> = Box::new(Exact::new(raw.window()));
    Ok((tokens, raw.fresh().distinct(&mut *own)?))
}

fn whole(
    tokens: u64,
    distinct: &DistinctCells,
    mark: &dyn Reading,
) -> Result<DocumentScore, ExaminationError> {
    let (scored, sum) = (distinct.len() as u64, distinct.score(mark));
    Ok(DocumentScore {
        tokens,
        scored,
        statistic: sum as f64 / mark.law().unit() as f64,
        log10_p: plain::p_value(mark.law(), scored, sum)?,
        log10_p_unmarked: None,
    })
}
