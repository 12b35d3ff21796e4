//! What the suspect produced, counted, beside what a model without the mark would have: what T2r and T3r weigh by.

mod back_off;
pub(super) mod expected;
pub(super) mod lift;
pub(super) mod packed;

use crate::cells::{FreshCells, RawCells};
use crate::finding::{Expectation, ResidualCounts};
use back_off::BackOff;
use expected::Expected;
use hallmark_core::cells::TokenId;
use hashbrown::HashSet;
use packed::Packed;
use rayon::prelude::*;

/// The fresh cells that are counted: 16 bytes for each fresh token of the suspect and of the control
/// sample, and while it counts about as much again.
pub(crate) struct Counting {
    window: usize,
    vocabulary: u32,
    expectation: Expectation,
    suspect: Vec<Packed>,
    reference: Vec<Packed>,
    /// Records that were counted, by their hash.
    records: HashSet<u64>,
    identical: u64,
}

impl Counting {
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

    /// Everything, counted.
    pub(crate) fn finish(mut self) -> Counted {
        self.suspect.par_sort_unstable();
        self.reference.par_sort_unstable();
        let modelled = match self.expectation {
            Expectation::Reference => &self.reference,
            Expectation::ShorterWindow => &self.suspect,
        };
        let model = BackOff::new(modelled, self.window, self.vocabulary);
        Counted {
            window: self.window,
            expectation: self.expectation,
            suspect: self.suspect,
            reference: self.reference,
            model,
            identical: self.identical,
        }
    }
}

/// All that was counted, sorted.
pub(crate) struct Counted {
    pub(super) window: usize,
    pub(super) expectation: Expectation,
    pub(super) suspect: Vec<Packed>,
    reference: Vec<Packed>,
    model: BackOff,
    identical: u64,
}

impl Counted {
    /// What is expected of each window.
    pub(super) fn expected(&self) -> Expected<'_> {
        match self.expectation {
            Expectation::Reference => Expected::Reference {
                cells: &self.reference,
                model: &self.model,
            },
            Expectation::ShorterWindow => Expected::ShorterWindow(&self.model),
        }
    }

    /// How many cells were counted, as a finding says, of which so many have a weight above and below 0.
    pub(super) fn counts(&self, above: u64, below: u64) -> ResidualCounts {
        ResidualCounts {
            expectation: self.expectation,
            produced: self.suspect.len() as u64,
            identical_answers: self.identical,
            reference: self.reference.len() as u64,
            above,
            below,
        }
    }
}
