//! T2r: how much more often than expected the suspect produced each cell.
//!
//! ```text
//! S = Σ over distinct cells u of  ψ(c_u, m_u, ρ_w) · score(u)
//! ```
//!
//! ψ is an increasing function of `c_u − m_u` (`strength.rs`), and `ρ_w` what the window's weight stands for.
//! `c_u` is how often the suspect produced the cell u = (w, token) at fresh positions, `n_w` how often it was at the
//! window w at all, and `m_u = n_w·P̂(token | w)` what a model without the mark would have produced: P̂ comes from
//! a control sample, or from the suspect's own answers after shorter windows. A cell that the suspect repeats is
//! evidence beyond its first occurrence, and one that it avoids although the control sample has it is evidence too.
//!
//! Weights depend on the transcript, the control sample and counts of windows, on no word and no key. Each cell is
//! scored once. So S is a weighted sum of independent scores as in T2, with weights of both signs.

mod back_off;
mod ladder;
mod packed;
mod runs;
mod scored;
mod strength;

use crate::cells::{FreshCells, RawCells};
use crate::error::ExaminationError;
use crate::finding::{Expectation, Finding, Found, T2r};
use crate::scores::Tally;
use crate::seen::{Seen, weighted};
use crate::statistic::weighted::WeightedSum;
use crate::weights::WindowWeights;
use back_off::BackOff;
use hallmark_core::cells::TokenId;
use hallmark_core::mark::Mark;
use hashbrown::HashSet;
use packed::Packed;
use rayon::prelude::*;
use runs::{Expected, Weigher};
pub(crate) use scored::Scored;
use std::ops::Range;
use strength::Strength;

/// The fresh cells that T2r counts: 16 bytes for each fresh token of the suspect and of the control
/// sample, and while it counts about as much again.
pub(crate) struct Residual {
    window: usize,
    vocabulary: u32,
    expectation: Expectation,
    suspect: Vec<Packed>,
    reference: Vec<Packed>,
    /// Records that were counted, by their hash.
    records: HashSet<u64>,
    identical: u64,
}

impl Residual {
    pub(crate) fn new(window: usize, vocabulary: u32, expectation: Expectation) -> Self {
        Self {
            window,
            vocabulary,
            expectation,
            suspect: vec![],
            reference: vec![],
            records: HashSet::new(),
            identical: 0,
        }
    }

    /// Adds fresh cells of the suspect, those of equal records once: how often a record stands in a file is up to whoever made the
    /// file, and may depend on the key.
    pub(crate) fn observe(&mut self, raw: &RawCells, cells: &FreshCells) {
        let lengths: Vec<usize> = raw.answers().map(<[TokenId]>::len).collect();
        for (identity, own) in raw.identities().zip(cells.of_answers(&lengths)) {
            if self.records.insert(identity) {
                let own = cells.units_at(own.start as usize..own.end as usize);
                self.suspect.extend(own.map(packed::pack));
            } else {
                self.identical += 1;
            }
        }
    }

    /// Adds fresh cells of the control sample.
    pub(crate) fn observe_reference(&mut self, cells: &FreshCells) {
        self.reference
            .extend(cells.units_at(0..cells.len()).map(packed::pack));
    }

    /// Counts, weighs and scores everything under each of `marks`.
    pub(crate) fn score(mut self, weights: Option<&WindowWeights>, marks: &[&Mark]) -> Scored {
        self.suspect.par_sort_unstable();
        self.reference.par_sort_unstable();
        let model = match self.expectation {
            Expectation::Reference => BackOff::new(&self.reference, self.window, self.vocabulary),
            Expectation::ShorterWindow => BackOff::new(&self.suspect, self.window, self.vocabulary),
        };
        let expected = match self.expectation {
            Expectation::Reference => Expected::Reference {
                cells: &self.reference,
                model: &model,
            },
            Expectation::ShorterWindow => Expected::ShorterWindow(&model),
        };
        let reference = self.expectation == Expectation::Reference;
        let Some(first) = marks.first() else {
            return Scored::empty(0);
        };
        let law = first.law();
        let weigher = Weigher {
            expected,
            strength: Strength::of(law, reference),
            weights,
            window: self.window,
        };
        let counts = (self.suspect.len() as u64, self.reference.len() as u64);
        let rows: usize = marks.iter().map(|mark| mark.parts().len()).sum();
        let pieces = runs::pieces(&self.suspect).into_par_iter();
        let weighed = pieces.map(|piece| weigher.weigh(piece));
        let score = |cells| scored::score(cells, marks, self.window);
        let scored = match first.unit() {
            None => weighed
                .map(score)
                .reduce(|| Scored::empty(rows), |some, more| some.and(&more)),
            // A function that takes two cells for one: which is the first depends on the cells alone.
            Some(unit) => scored::first_of_units(weighed.collect(), unit, self.window)
                .into_par_iter()
                .map(score)
                .reduce(|| Scored::empty(rows), |some, more| some.and(&more)),
        };
        scored.of(self.expectation, counts, self.identical)
    }
}

/// The largest weight of a part: a cell's is at most 2,896 times as much.
const MOST_WEIGHT: u32 = 1 << 8;

/// The finding of T2r under a key whose words were the rows `rows` of those that were scored.
pub(crate) fn finding(
    scored: &Scored,
    rows: Range<usize>,
    seen: &Seen<'_>,
    key: &Tally,
) -> Result<Finding, ExaminationError> {
    let weights = key.mark.part_weights(MOST_WEIGHT);
    let sum = WeightedSum::new(&key.mark, scored.rows(rows, &weights).into_iter());
    let counts = scored.counts();
    let tail = sum.tail()?;
    let (weights, weighting) = seen.weighting(key).unzip();
    let found = Found::T2r(T2r {
        statistic: sum.statistic(),
        expected: sum.expected(),
        counts,
        weights,
        weighting,
        levels: sum.levels(),
        method: tail.method,
    });
    Ok(weighted(Finding {
        scored: counts.above + counts.below,
        ..seen.finding(found, key, tail.log10_p)
    }))
}
