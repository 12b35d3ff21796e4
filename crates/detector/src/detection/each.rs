//! Documents by themselves and all together, with what both need computed once.

use super::document::{self, DocumentScore};
use super::localize::{Located, Scores};
use super::{Group, check};
use crate::cells::{ByUnit, DistinctCells, RawCells};
use crate::dedup::DedupKind;
use crate::error::ExaminationError;
use crate::finding::{Counts, Finding};
use crate::scores::SeenUnits;
use crate::statistic::plain::{self, Effort, Gathered, Judged};
use crate::tail::Log10P;
use hallmark_core::mark::{Mark, Null, Part};
use rayon::prelude::*;
use std::ops::Range;

/// T1 of one mark: each document by itself, and all together.
pub struct Documents {
    all: Group,
}

/// Tokens that are taken together: enough that units which recur are scored once, few enough to hold
/// some 40 bytes for each.
const TOGETHER: usize = 1 << 20;

/// What a document says by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its p-value, over its own distinct units.
    pub score: DocumentScore,
    /// The same over those units that no document before it has: no two documents' share any.
    pub new: NewScore,
    /// Where the mark is; nothing for marks whose parts have no law ([`Mark::local`]).
    pub located: Option<Located>,
}

/// T1 on what a document has and none before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewScore {
    /// Its distinct units that no document before it has.
    pub scored: u64,
    /// log10 of their p-value.
    pub log10_p: Log10P,
}

impl Documents {
    /// Nothing observed yet, for `mark`.
    #[must_use]
    pub fn new(mark: &Mark, dedup: DedupKind) -> Self {
        Self {
            all: Group::of(mark, 0, dedup),
        }
    }

    /// What was read and left out so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.all.pool.counts()
    }

    /// The finding over all documents together.
    ///
    /// # Errors
    /// When there are more cells than the tails allow.
    pub fn finish(&self) -> Result<Finding, ExaminationError> {
        let one = &self.all.marks[0];
        plain::finding(&one.mark, &one.gathered, &self.all.pool, Some(Effort::All))
    }

    /// Adds a block of documents and tells what each says by itself, in order. `level` is shared by all windows of a
    /// document that are tried for its marked passages; without it none are.
    ///
    /// # Errors
    /// When its windows are longer than the mark's, or there are more cells than sums hold.
    pub fn observe(
        &mut self,
        raw: &RawCells,
        level: Option<f64>,
    ) -> Result<Vec<Document>, ExaminationError> {
        let mark = self.all.marks[0].mark.clone();
        check(&mark, raw)?;
        let mut documents = vec![];
        for block in raw.blocks(TOGETHER) {
            documents.extend(self.observe_block(&mark, &block, level)?);
        }
        Ok(documents)
    }

    /// Words are computed once, for each document and for all.
    fn observe_block(
        &mut self,
        mark: &Mark,
        raw: &RawCells,
        level: Option<f64>,
    ) -> Result<Vec<Document>, ExaminationError> {
        let tokens: Vec<usize> = raw.answers().map(<[_]>::len).collect();
        let fresh = self.all.pool.fresh(raw);
        let own = fresh.of_answers(&tokens);
        let by_unit = fresh.by_unit(mark.unit(), mark.is_dear());
        let parts = mark.parts().iter();
        let words = parts.map(|part| words(&by_unit.cells, part)).collect();
        let kept = by_unit.keep_first(self.all.pool.dedup())?;
        let read = Words {
            mark,
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
            .map(|(start, length, cells)| read.document(start, length, cells, &kept, level))
            .collect();
        let gathered = &mut self.all.marks[0].gathered;
        let added = gathered.add(kept.len(), &read.sums(&kept));
        added.ok_or(ExaminationError::Sum)?;
        self.all.pool.add(kept.len(), &read.by_unit.units(&kept));
        documents
    }
}

/// Cells that are scored at a time: for lists enough that most of one list's are together.
const STRETCH: usize = 1 << 14;

/// The words of all cells, in order.
fn words(distinct: &DistinctCells, part: &Part) -> Vec<u32> {
    let mut words = vec![0; distinct.len()];
    words
        .par_chunks_mut(STRETCH)
        .zip(distinct.stretches(STRETCH, STRETCH))
        .for_each_init(
            || distinct.batch(STRETCH),
            |batch, (words, stretch)| {
                distinct.fill(batch, stretch);
                part.reading.words(batch, words);
            },
        );
    words
}

/// A located document's p-values, limited by the number of keys.
fn limited(
    mark: &Mark,
    score: DocumentScore,
    mut located: Located,
) -> (DocumentScore, Option<Located>) {
    let found = Judged::of_law(mark, score.log10_p);
    let limit = |p: &mut Log10P| *p = Judged::of_law(mark, *p).log10_p;
    located.log10_p_adjusted.iter_mut().for_each(limit);
    for passage in &mut located.passages {
        limit(&mut passage.log10_p);
        limit(&mut passage.log10_p_adjusted);
    }
    let score = DocumentScore {
        log10_p: found.log10_p,
        log10_p_unmarked: found.unmarked,
        ..score
    };
    (score, Some(located))
}

/// The words of a block's units.
struct Words<'a> {
    mark: &'a Mark,
    by_unit: ByUnit,
    /// For each part.
    words: Vec<Vec<u32>>,
}

impl Words<'_> {
    /// The document of `length` tokens from `start` on, with these cells of the block; `kept` are those of the block that came for
    /// the first time.
    fn document(
        &self,
        start: usize,
        length: usize,
        cells: Range<u32>,
        kept: &[u32],
        level: Option<f64>,
    ) -> Result<Document, ExaminationError> {
        let place = |cell| kept.partition_point(|&kept| kept < cell);
        let new = &kept[place(cells.start)..place(cells.end)];
        // Each unit of the document once, by its first cell.
        let cells = self.by_unit.first_of(cells)?;
        let (score, located) = self.score(start, length as u64, &cells, level)?;
        let log10_p = if new.len() == cells.len() {
            score.log10_p
        } else {
            self.together(new)?.1.log10_p
        };
        Ok(Document {
            score,
            located,
            new: NewScore {
                scored: new.len() as u64,
                log10_p,
            },
        })
    }

    fn score(
        &self,
        start: usize,
        tokens: u64,
        cells: &[u32],
        level: Option<f64>,
    ) -> Result<(DocumentScore, Option<Located>), ExaminationError> {
        let (Some(reading), Some(level)) = (self.mark.local(), level) else {
            let (own, found) = self.together(cells)?;
            let score = DocumentScore {
                tokens,
                scored: own.cells,
                statistic: own.statistic(self.mark),
                log10_p: found.log10_p,
                log10_p_unmarked: found.unmarked,
            };
            return Ok((score, None));
        };
        let tail = match self.mark.null() {
            Null::Lists => plain::lists,
            _ => plain::p_value,
        };
        let law = reading.law();
        let scores = cells
            .iter()
            .map(|&cell| law.score(self.words[0][self.by_unit.slot(cell)]));
        let start = start as u32;
        let at = cells
            .iter()
            .map(|&cell| self.by_unit.at[cell as usize] - start);
        let scores = Scores::of(law, tail, scores.collect(), at.collect());
        let (score, located) = document::located(tokens, &scores, level)?;
        Ok(limited(self.mark, score, located))
    }

    /// T1 of some cells.
    fn together(&self, cells: &[u32]) -> Result<(Gathered, Judged), ExaminationError> {
        let mut own = Gathered::new(self.mark);
        own.add(cells.len(), &self.sums(cells))
            .ok_or(ExaminationError::Sum)?;
        let mut seen = SeenUnits::for_law_of(self.mark);
        seen.add(&self.by_unit.units(cells));
        let found = own.found(self.mark, &seen, Effort::Document)?;
        Ok((own, found))
    }

    /// The sum of the scores of some cells, for each part.
    fn sums(&self, cells: &[u32]) -> Vec<u64> {
        let parts = self.mark.parts().iter().zip(&self.words);
        parts
            .map(|(part, words)| {
                let of_cell = |&cell: &u32| words[self.by_unit.slot(cell)];
                let words: Vec<u32> = cells.iter().map(of_cell).collect();
                part.reading.law().sum(&words)
            })
            .collect()
    }
}
