//! Documents by themselves and all together, with what both need computed once.

use super::document::{self, DocumentScore};
use super::gathered::{Found, Gathered};
use super::localize::{Located, Scores};
use super::related::Effort;
use super::{Detection, tail, words};
use crate::cells::{ByUnit, RawCells};
use crate::dedup::DedupKind;
use crate::error::ExaminationError;
use crate::statistic::plain;
use crate::tail::Log10P;
use hallmark_core::mark::{Mark, Null, Unit};
use rayon::prelude::*;
use std::ops::Range;

/// Tokens that are taken together: enough that units which recur are scored once, few enough to hold
/// some 40 bytes for each.
const TOGETHER: usize = 1 << 20;

/// What a document says by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its p-value, over its own distinct units.
    pub score: DocumentScore,
    /// Where the mark is; nothing for marks whose parts have no law ([`Mark::local`]).
    pub located: Option<Located>,
}

impl Detection {
    /// Adds a block of answers, as [`observe`](Self::observe), and tells what each says by itself, in
    /// order. `level` is shared by all windows of a document that are tried for its marked passages.
    ///
    /// # Errors
    /// As `observe`.
    pub fn observe_each(
        &mut self,
        raw: &RawCells,
        level: f64,
    ) -> Result<Vec<Document>, ExaminationError> {
        self.check(raw)?;
        let mut documents = vec![];
        for block in raw.blocks(TOGETHER) {
            match self.mark.unit().cloned() {
                Some(unit) => documents.extend(self.observe_by_unit(block, &unit, level)?),
                None => {
                    for one in block.blocks(0) {
                        documents.push(self.alone(one, level)?);
                    }
                    self.observe(block)?;
                }
            }
        }
        Ok(documents)
    }

    /// One answer by itself, where cells are units.
    fn alone(&self, raw: RawCells, level: f64) -> Result<Document, ExaminationError> {
        if let Some(reading) = self.mark.local() {
            let (score, located) = document::score_and_locate(raw, reading, level)?;
            return Ok(limited(&self.mark, score, located));
        }
        let mut own = Self::new(&self.mark, DedupKind::Exact);
        own.observe(raw)?;
        by_itself(&own.mark, own.counts.tokens, &own.gathered)
    }

    fn observe_by_unit(
        &mut self,
        raw: RawCells,
        unit: &Unit,
        level: f64,
    ) -> Result<Vec<Document>, ExaminationError> {
        self.count(&raw);
        let tokens: Vec<usize> = raw.answers().map(<[_]>::len).collect();
        let fresh = self.fresh(raw);
        let own = fresh.of_answers(&tokens);
        let by_unit = fresh.by_unit(unit, self.mark.is_dear());
        let parts = self.mark.parts().iter();
        let words = parts.map(|part| words(&by_unit.cells, part)).collect();
        let kept = by_unit.keep_first(&mut *self.dedup)?;
        let read = Words {
            mark: &self.mark,
            by_unit,
            words,
        };
        let mut start = 0;
        let places: Vec<_> = tokens
            .into_iter()
            .zip(own)
            .map(|(length, cells)| {
                let from = start;
                start += length;
                (from, length, cells)
            })
            .collect();
        let documents = places
            .into_par_iter()
            .map(|(start, length, cells)| read.document(start, length, cells, level))
            .collect();
        let more = read.sums(&kept);
        let units = read.units(&kept);
        self.add(kept.len(), &more, &units)?;
        documents
    }
}

fn by_itself(mark: &Mark, tokens: u64, gathered: &Gathered) -> Result<Document, ExaminationError> {
    let found = gathered.found(mark, Effort::Document)?;
    Ok(Document {
        score: DocumentScore {
            tokens,
            scored: gathered.cells,
            statistic: gathered.statistic(mark),
            log10_p: found.log10_p,
            log10_p_unmarked: found.unmarked,
        },
        located: None,
    })
}

/// A located document's p-values, limited by the number of keys.
fn limited(mark: &Mark, score: DocumentScore, mut located: Located) -> Document {
    let found = Found::of_law(mark, score.log10_p);
    let limit = |p: &mut Log10P| *p = Found::of_law(mark, *p).log10_p;
    located.log10_p_adjusted.iter_mut().for_each(limit);
    for passage in &mut located.passages {
        limit(&mut passage.log10_p);
        limit(&mut passage.log10_p_adjusted);
    }
    Document {
        score: DocumentScore {
            log10_p: found.log10_p,
            log10_p_unmarked: found.unmarked,
            ..score
        },
        located: Some(located),
    }
}

/// The words of a block's units.
struct Words<'a> {
    mark: &'a Mark,
    by_unit: ByUnit,
    /// For each part.
    words: Vec<Vec<u32>>,
}

impl Words<'_> {
    /// The document of `length` tokens from `start` on, with these cells of the block.
    fn document(
        &self,
        start: usize,
        length: usize,
        cells: Range<u32>,
        level: f64,
    ) -> Result<Document, ExaminationError> {
        // Each unit of the document once, by its first cell.
        let slot = |&cell: &u32| self.by_unit.slots[cell as usize];
        let mut first: Vec<(u64, u32)> = cells
            .map(|cell| (self.by_unit.units[cell as usize], cell))
            .collect();
        first.sort_unstable();
        first.dedup_by_key(|(unit, _)| *unit);
        let mut cells: Vec<u32> = first.into_iter().map(|(_, cell)| cell).collect();
        let tokens = length as u64;
        let Some(reading) = self.mark.local() else {
            let mut own = Gathered::new(self.mark);
            own.add(cells.len(), &self.sums(&cells), &self.units(&cells))
                .ok_or(ExaminationError::Sum)?;
            return by_itself(self.mark, tokens, &own);
        };
        // In the order of the text.
        cells.sort_unstable();
        let tail = match self.mark.null() {
            Null::Lists => tail::lists,
            _ => plain::p_value,
        };
        let law = reading.law();
        let scores = cells
            .iter()
            .map(|cell| law.score(self.words[0][slot(cell) as usize]));
        let start = start as u32;
        let at = cells
            .iter()
            .map(|&cell| self.by_unit.at[cell as usize] - start);
        let scores = Scores::of(law, tail, scores.collect(), at.collect());
        let (score, located) = document::located(tokens, &scores, level)?;
        Ok(limited(self.mark, score, located))
    }

    /// The sum of the scores of some cells, for each part.
    fn sums(&self, cells: &[u32]) -> Vec<u64> {
        let parts = self.mark.parts().iter().zip(&self.words);
        parts
            .map(|(part, words)| {
                let of_cell = |&cell: &u32| words[self.by_unit.slots[cell as usize] as usize];
                let words: Vec<u32> = cells.iter().map(of_cell).collect();
                part.reading.law().sum(&words)
            })
            .collect()
    }

    fn units(&self, cells: &[u32]) -> Vec<u64> {
        let unit = |&cell: &u32| self.by_unit.units[cell as usize];
        cells.iter().map(unit).collect()
    }
}
