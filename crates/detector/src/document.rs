//! One document by itself: its own distinct cells, its own p-value.

use crate::cells::RawCells;
use crate::dedup::{Dedup, Exact};
use crate::examination::ExaminationError;
use crate::plain;
use crate::tail::Log10P;
use hallmark_core::mark::Mark;

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
}

/// Scores what was pushed to `raw` as one document.
///
/// # Errors
/// When there are more cells than the tails allow.
pub fn score(raw: RawCells, mark: &dyn Mark) -> Result<DocumentScore, ExaminationError> {
    let tokens = raw.tokens() as u64;
    let mut own: Box<dyn Dedup> = Box::new(Exact::new(raw.window()));
    let distinct = raw.fresh().distinct(&mut *own)?;
    let (scored, sum) = (distinct.len() as u64, distinct.score(mark));
    Ok(DocumentScore {
        tokens,
        scored,
        statistic: sum as f64 / mark.law().unit() as f64,
        log10_p: plain::p_value(mark.law(), scored, sum)?,
    })
}
