//! T1 of some texts under one key.

use crate::error::Result;
use hallmark_core::mark::Mark;
use hallmark_detector::cells::RawCells;
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Documents;
use hallmark_detector::tail::Log10P;

/// p of each text, and of all together.
pub(super) struct PValues {
    pub(super) each: Vec<Log10P>,
    /// The same over the cells that no text before has.
    pub(super) new: Vec<Log10P>,
    pub(super) pooled: Log10P,
    /// Distinct cells of each text, added up.
    pub(super) cells: u64,
}

impl PValues {
    pub(super) fn of(mark: &Mark, raw: &RawCells) -> Result<Self> {
        let mut documents = Documents::new(mark, DedupKind::Exact);
        let each = documents.observe(raw, None)?;
        let scores = each.iter().map(|document| document.score);
        Ok(Self {
            each: scores.clone().map(|score| score.log10_p).collect(),
            new: each.iter().map(|document| document.new.log10_p).collect(),
            pooled: documents.finish()?.log10_p,
            cells: scores.map(|score| score.scored).sum(),
        })
    }
}
