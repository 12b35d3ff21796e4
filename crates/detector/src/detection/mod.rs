//! T1 alone, for any mark: what `detect` and `scan` do. Other engines' functions consume less than a
//! cell; de-duplication and the law follow from what they do consume.
//!
//! | law of the sum | of |
//! |---|---|
//! | Gamma, binomial | functions of the whole cell: vLLM, `SGLang`, `synthid-2025`, `TextSeal`, three-bricks Gumbel |
//! | weighted sum of two Gammas | two keys that both score a cell: `vllm-dual-v1`, `textseal-dual` |
//! | binomial by Hoeffding's theorem | green lists: tokens of one list are drawn without replacement |
//! | histogram of shifts, convolved | `hf-synthid`: a table of 65,536 bits |
//!
//! Derivations: `docs/tests/foreign.md`.

mod each;
mod table;
mod tail;

use crate::cells::{DistinctCells, FreshCells, RawCells};
use crate::dedup::{Dedup, DedupKind};
use crate::examination::ExaminationError;
use crate::finding::{Counts, Finding, Test};
use crate::plain;
use crate::warning::Warning;
use hallmark_core::keys::PublicId;
use hallmark_core::mark::{KeyedMark, Null, Part};
use rayon::prelude::*;
use table::States;

/// T1 of one mark, over what was observed so far.
pub struct Detection {
    key: PublicId,
    mark: KeyedMark,
    window: usize,
    dedup: Box<dyn Dedup>,
    counts: Counts,
    /// One sum for each part.
    sums: Vec<u64>,
    states: Option<States>,
}

/// Cells that are scored at a time: for lists enough that most of one list's are together.
const STRETCH: usize = 1 << 14;

impl Detection {
    /// Nothing observed yet, for `mark` under the key of that id, with windows of `window` tokens.
    #[must_use]
    pub fn new(key: PublicId, mark: &KeyedMark, window: usize, dedup: DedupKind) -> Self {
        // A unit is two ids of 32 bits.
        let ids = if mark.unit.is_some() { 1 } else { window };
        Self {
            key,
            window,
            dedup: dedup.build(ids),
            counts: Counts::default(),
            sums: vec![0; mark.parts.len()],
            states: (mark.null == Null::ShiftedTable).then(States::new),
            mark: mark.clone(),
        }
    }

    /// Adds a block of answers or documents.
    ///
    /// # Errors
    /// When windows have another length, or there are more cells than sums hold.
    pub fn observe(&mut self, raw: RawCells) -> Result<(), ExaminationError> {
        self.check(&raw)?;
        self.count(&raw);
        let fresh = self.fresh(raw);
        let (distinct, units) = match &self.mark.unit {
            None => (fresh.distinct(&mut *self.dedup)?, vec![]),
            Some(unit) => fresh.distinct_by(unit, &mut *self.dedup)?,
        };
        let parts = self.mark.parts.iter();
        let sums: Vec<u64> = parts
            .map(|part| part.reading.law().sum(&words(&distinct, part)))
            .collect();
        self.add(distinct.len(), &sums, &units)
    }

    /// Adds what new cells gave, and the units that are states.
    fn add(&mut self, cells: usize, sums: &[u64], units: &[u64]) -> Result<(), ExaminationError> {
        for (sum, &more) in self.sums.iter_mut().zip(sums) {
            *sum = sum.checked_add(more).ok_or(ExaminationError::Sum)?;
        }
        if let Some(states) = &mut self.states {
            states.insert(units);
        }
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
        let cells = self.counts.scored;
        let log10_p = tail::upper(&self.mark, cells, &self.sums, self.states.as_ref())?;
        let law = self.mark.parts[0].reading.law();
        let mut warnings = Warning::of(&self.counts);
        if self.mark.null == Null::RelatedKeys {
            warnings.push(Warning::RelatedKeys);
        }
        Ok(Finding {
            tokens: self.counts.tokens,
            scored: cells,
            statistic: statistic(&self.mark, &self.sums),
            expected: Some(cells as f64 * law.null_mean()),
            effect: match self.sums[..] {
                [sum] => plain::effect(law, cells, sum, 1)?,
                _ => None,
            },
            warnings,
            ..Finding::new(Test::T1, self.key.to_string(), log10_p)
        })
    }
}

/// The mean of the keys' sums by their weights, in the printed unit; one key's is its own.
fn statistic(mark: &KeyedMark, sums: &[u64]) -> f64 {
    let weights = || mark.parts.iter().map(|part| f64::from(part.weight));
    let sums = weights()
        .zip(sums)
        .map(|(weight, &sum)| weight * sum as f64);
    let unit = mark.parts[0].reading.law().unit() as f64;
    sums.sum::<f64>() / unit / weights().sum::<f64>()
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
