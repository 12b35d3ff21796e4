//! T1 alone, for any mark: what `detect` and `scan` do. Other engines' functions consume less than a
//! cell; de-duplication and the law follow from what they do consume.
//!
//! | law of the sum | of |
//! |---|---|
//! | Gamma, binomial | vLLM, `SGLang`, three-bricks Gumbel |
//! | weighted sum of two Gammas | two keys that both score a cell: `vllm-dual-v1` |
//! | binomial by Hoeffding's theorem | green lists: tokens of one list are drawn without replacement |
//! | histogram of shifts, convolved | `hf-synthid`: a table of 65,536 bits |
//! | the larger of the unmarked text's and a place among other keys | `synthid-2025`, `TextSeal`: keys are related |
//!
//! Derivations: `docs/tests/foreign.md`.

mod related;
mod table;
mod tail;
mod weighted_table;

use crate::cells::{DistinctCells, RawCells, Stretch};
use crate::dedup::{Dedup, DedupKind};
use crate::examination::ExaminationError;
use crate::finding::{Counts, Finding, Test};
use crate::plain;
use crate::warning::Warning;
use hallmark_core::keys::PublicId;
use hallmark_core::mark::{KeyedMark, Null, Part};
use rayon::prelude::*;
use table::States;

pub(crate) use tail::lists;

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
    /// Where keys are related, what was scored.
    units: Vec<u64>,
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
            states: matches!(mark.null, Null::ShiftedTable).then(States::new),
            units: vec![],
            mark: mark.clone(),
        }
    }

    /// Adds a block of answers or documents.
    ///
    /// # Errors
    /// When windows have another length, or there are more cells than sums hold.
    pub fn observe(&mut self, raw: RawCells) -> Result<(), ExaminationError> {
        let (window, other) = (self.window, raw.window());
        if window != other {
            return Err(ExaminationError::Window { window, other });
        }
        self.counts.answers += raw.answers().count() as u64;
        self.counts.tokens += raw.tokens() as u64;
        self.counts.exposure_unknown += raw.exposure_unknown();
        let fresh = raw.fresh();
        self.counts.exposed += fresh.exposed();
        self.counts.fresh += fresh.len() as u64;
        let distinct = match &self.mark.unit {
            None => fresh.distinct(&mut *self.dedup)?,
            Some(unit) => {
                let (distinct, units) = fresh.distinct_by(unit, &mut *self.dedup)?;
                if let Some(states) = &mut self.states {
                    units.iter().for_each(|&unit| states.insert(unit as u16));
                }
                if matches!(self.mark.null, Null::RelatedKeys(_)) {
                    self.units.extend(units);
                }
                distinct
            }
        };
        for (sum, part) in self.sums.iter_mut().zip(&self.mark.parts) {
            let more = score(&distinct, part);
            *sum = sum.checked_add(more).ok_or(ExaminationError::Sum)?;
        }
        self.counts.scored += distinct.len() as u64;
        self.counts.expected_drops = self.dedup.expected_drops();
        Ok(())
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
        let finding = self.finish_without_others()?;
        let Null::RelatedKeys(keys) = &self.mark.null else {
            return Ok(finding);
        };
        let unmarked = finding.log10_p;
        if unmarked.value() > related::LARGEST.log10() {
            return Ok(finding);
        }
        let (among, others) = related::p_value(keys, &self.units, unmarked);
        let log10_p = among.max(unmarked);
        Ok(Finding {
            log10_p,
            log10_p_adjusted: log10_p,
            log10_p_unmarked: Some(unmarked),
            decoys: Some(others),
            ..finding
        })
    }

    /// The finding without a comparison with other keys. Where keys are related it holds for text that no other
    /// key of the function has marked.
    ///
    /// # Errors
    /// As for [`finish`](Self::finish).
    pub fn finish_without_others(&self) -> Result<Finding, ExaminationError> {
        let cells = self.counts.scored;
        let log10_p = tail::upper(&self.mark, cells, &self.sums, self.states.as_ref())?;
        let law = self.mark.parts[0].reading.law();
        let total: f64 = self
            .mark
            .parts
            .iter()
            .map(|part| f64::from(part.weight))
            .sum();
        let weighted = |value: &dyn Fn(usize) -> f64| -> f64 {
            let parts = self.mark.parts.iter().enumerate();
            let sum: f64 = parts
                .map(|(i, part)| f64::from(part.weight) * value(i))
                .sum();
            // The mean over keys, so that one key's is its own.
            sum / total
        };
        let unit = law.unit() as f64;
        let mut warnings = Warning::of(&self.counts);
        if matches!(self.mark.null, Null::RelatedKeys(_)) {
            warnings.push(Warning::RelatedKeys);
        }
        Ok(Finding {
            tokens: self.counts.tokens,
            scored: cells,
            statistic: weighted(&|i| self.sums[i] as f64 / unit),
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

fn score(distinct: &DistinctCells, part: &Part) -> u64 {
    let law = part.reading.law();
    distinct
        .stretches(STRETCH, STRETCH)
        .into_par_iter()
        .map_init(
            || (distinct.batch(STRETCH), vec![0; STRETCH]),
            |(batch, words), stretch: Stretch<'_>| {
                distinct.fill(batch, stretch);
                let words = &mut words[..batch.len()];
                part.reading.words(batch, words);
                law.sum(words)
            },
        )
        .sum()
}
