//! A pilot: a few answers, from which the rest of an examination is planned.

use super::Growth;
use crate::cells::RawCells;
use crate::dedup::{Compact, Dedup, DedupError};
use crate::weights::{LEVELS, WindowWeights};
use std::sync::Arc;

/// Counts a pilot's cells: how their number grows, and which weights they have. No key is used.
pub struct Pilot {
    weights: Option<Arc<WindowWeights>>,
    dedup: Box<dyn Dedup>,
    answers: u64,
    tokens: u64,
    cells: u64,
    /// Tokens and cells after each answer.
    seen: Vec<(u64, u64)>,
    levels: [u64; LEVELS],
}

/// What a pilot shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Piloted {
    /// Answers.
    pub answers: u64,
    /// Tokens in them.
    pub tokens: u64,
    /// Distinct fresh cells.
    pub cells: u64,
    /// How the number of cells grows with that of tokens; none where the pilot is too small to tell.
    pub growth: Option<Growth>,
    /// Cells by weight, with the share of the harvest that each weight stands for.
    pub levels: Vec<WeightedCells>,
}

impl Piloted {
    /// Answers of the pilot's length that hold so many tokens.
    #[must_use]
    pub fn answers_for(&self, tokens: f64) -> Option<u64> {
        (self.tokens > 0).then(|| (tokens * self.answers as f64 / self.tokens as f64).ceil() as u64)
    }
}

/// Cells that share a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedCells {
    /// The weight.
    pub weight: u16,
    /// The share of the harvest in what the suspect learned after their windows, as the weight takes it.
    pub harvest_share: f64,
    /// How many.
    pub cells: u64,
}

impl Pilot {
    /// A pilot of windows of `window` tokens, weighed or not.
    #[must_use]
    pub fn new(window: usize, weights: Option<Arc<WindowWeights>>) -> Self {
        Self {
            weights,
            dedup: Box::new(Compact::new(window)),
            answers: 0,
            tokens: 0,
            cells: 0,
            seen: vec![],
            levels: [0; LEVELS],
        }
    }

    /// Adds a block of answers, in the order in which they came.
    ///
    /// # Errors
    /// When a block is too large for the de-duplication.
    pub fn observe(&mut self, raw: &RawCells) -> Result<(), DedupError> {
        let ends: Vec<usize> = raw
            .answers()
            .scan(0, |end, answer| {
                *end += answer.len();
                Some(*end)
            })
            .collect();
        let distinct = raw.fresh().distinct(&mut *self.dedup)?;
        let positions = distinct.positions();
        for &end in &ends {
            let cells = positions.partition_point(|&at| (at as usize) < end) as u64;
            self.seen
                .push((self.tokens + end as u64, self.cells + cells));
        }
        if let Some(weights) = &self.weights {
            for level in distinct.levels(weights) {
                self.levels[usize::from(level)] += 1;
            }
        }
        self.answers += ends.len() as u64;
        self.tokens += ends.last().copied().unwrap_or(0) as u64;
        self.cells += distinct.len() as u64;
        Ok(())
    }

    /// What it shows.
    #[must_use]
    pub fn finish(self) -> Piloted {
        let levels = self.weights.as_ref().map_or(vec![], |weights| {
            let rows = weights
                .of_levels()
                .into_iter()
                .zip(weights.harvest_shares());
            rows.zip(self.levels)
                .map(|((weight, harvest_share), cells)| WeightedCells {
                    weight,
                    harvest_share,
                    cells,
                })
                .filter(|level| level.cells > 0)
                .collect()
        });
        Piloted {
            answers: self.answers,
            tokens: self.tokens,
            cells: self.cells,
            growth: Growth::fit(&self.seen),
            levels,
        }
    }
}
