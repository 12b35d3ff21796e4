//! T1 alone, for any mark: what `detect` and `scan` do. Other engines' functions consume less than a
//! cell; de-duplication and the law follow from what they do consume.
//!
//! | law of the sum | of |
//! |---|---|
//! | Gamma, binomial | vLLM, `SGLang`, three-bricks Gumbel |
//! | weighted sum of two Gammas | two keys that both score a cell: `vllm-dual-v1` |
//! | binomial by Hoeffding's theorem | green lists: tokens of one list are drawn without replacement |
//! | histogram of shifts, convolved; and a place among other keys | `hf-synthid`: a table of 65,536 bits |
//! | Gamma or binomial; and a place among other keys | `synthid-2025`, `TextSeal`: keys are related |
//!
//! Derivations: `docs/tests/foreign.md`.

pub mod document;
mod each;
mod gathered;
pub mod localize;
mod related;
mod table;
mod tail;
mod weighted_table;

pub use each::Document;

use crate::cells::{DistinctCells, FreshCells, RawCells};
use crate::dedup::{Dedup, DedupKind};
use crate::error::ExaminationError;
use crate::finding::{Counts, Finding, Test, Warning};
use crate::statistic::plain;
use crate::tail::Log10P;
use gathered::Gathered;
use hallmark_core::mark::{Mark, Part};
use rayon::prelude::*;
use related::Effort;

/// T1 of one mark, over what was observed so far.
pub struct Detection {
    mark: Mark,
    window: usize,
    dedup: Box<dyn Dedup>,
    counts: Counts,
    gathered: Gathered,
}

/// Cells that are scored at a time: for lists enough that most of one list's are together.
const STRETCH: usize = 1 << 14;

/// Tokens of a block whose units are made at a time: two numbers of 32 bits for each.
const BLOCK: usize = 1 << 28;

impl Detection {
    /// Nothing observed yet, for `mark`.
    #[must_use]
    pub fn new(mark: &Mark, dedup: DedupKind) -> Self {
        let window = mark.window();
        // A unit is two ids of 32 bits.
        let ids = if mark.unit().is_some() { 1 } else { window };
        Self {
            window,
            dedup: dedup.build(ids),
            counts: Counts::default(),
            gathered: Gathered::new(mark),
            mark: mark.clone(),
        }
    }

    /// Adds a block of answers or documents.
    ///
    /// # Errors
    /// When windows have another length, or there are more cells than sums hold.
    pub fn observe(&mut self, raw: RawCells) -> Result<(), ExaminationError> {
        self.check(&raw)?;
        if self.mark.unit().is_some() && raw.tokens() > BLOCK {
            return raw
                .blocks(BLOCK)
                .try_for_each(|block| self.observe_block(block));
        }
        self.observe_block(raw)
    }

    fn observe_block(&mut self, raw: RawCells) -> Result<(), ExaminationError> {
        self.count(&raw);
        let fresh = self.fresh(raw);
        let (distinct, units) = match self.mark.unit() {
            None => (fresh.distinct(&mut *self.dedup)?, vec![]),
            Some(unit) => fresh.distinct_by(unit, &mut *self.dedup)?,
        };
        let parts = self.mark.parts().iter();
        let sums: Vec<u64> = parts
            .map(|part| part.reading.law().sum(&words(&distinct, part)))
            .collect();
        self.add(distinct.len(), &sums, &units)
    }

    fn add(&mut self, cells: usize, sums: &[u64], units: &[u64]) -> Result<(), ExaminationError> {
        let added = self.gathered.add(cells, sums, units);
        added.ok_or(ExaminationError::Sum)?;
        self.counts.scored += cells as u64;
        self.counts.expected_drops = self.dedup.expected_drops();
        Ok(())
    }

    fn check(&self, raw: &RawCells) -> Result<(), ExaminationError> {
        match (self.window, raw.window()) {
            (window, other) if window != other => Err(ExaminationError::Window { window, other }),
            _ => Ok(()),
        }
    }

    fn count(&mut self, raw: &RawCells) {
        self.counts.answers += raw.answers().count() as u64;
        self.counts.tokens += raw.tokens() as u64;
        self.counts.exposure_unknown += raw.exposure_unknown();
    }

    fn fresh(&mut self, raw: RawCells) -> FreshCells {
        let fresh = raw.fresh();
        self.counts.exposed += fresh.exposed();
        self.counts.fresh += fresh.len() as u64;
        fresh
    }

    /// What was read and left out so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The finding. Its adjusted p-value is its own.
    ///
    /// # Errors
    /// When there are more cells than the tails allow.
    pub fn finish(&self) -> Result<Finding, ExaminationError> {
        let found = self.gathered.found(&self.mark, Effort::All)?;
        Ok(Finding {
            log10_p_unmarked: found.unmarked,
            decoys: found.others,
            ..self.finding(found.log10_p)?
        })
    }

    /// The finding without a comparison with other keys. Where keys are related it holds for text that no other
    /// key of the function has marked.
    ///
    /// # Errors
    /// As for [`finish`](Self::finish).
    pub fn finish_without_others(&self) -> Result<Finding, ExaminationError> {
        self.finding(self.gathered.unmarked(&self.mark)?)
    }

    fn finding(&self, log10_p: Log10P) -> Result<Finding, ExaminationError> {
        let cells = self.counts.scored;
        let law = self.mark.law();
        let mut warnings = Warning::of(&self.counts);
        let related = self.mark.null().related();
        if let Some(keys) = related {
            warnings.push(if keys.is_comparable() {
                Warning::RelatedKeys
            } else {
                Warning::KeyNotComparable
            });
        }
        Ok(Finding {
            tokens: self.counts.tokens,
            scored: cells,
            statistic: self.gathered.statistic(&self.mark),
            expected: Some(cells as f64 * law.null_mean()),
            effect: match self.gathered.sums[..] {
                // Its interval is for independent words.
                [sum] if related.is_none() => plain::effect(law, cells, sum, 1)?,
                _ => None,
            },
            warnings,
            ..Finding::new(Test::T1, self.mark.key().to_string(), log10_p)
        })
    }
}

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
