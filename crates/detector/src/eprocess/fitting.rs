//! The e-process that fits the law of the scores and the plan, and the sums that it is shown.

use super::{
    Checkpoint, EProcessError, GreenEProcess, GumbelEProcess, GumbelSums, LevelSums,
    WeightedEProcess,
};
use crate::tail::{Log10E, Log10P};
use crate::weights::{LEVELS, WindowWeights};
use hallmark_core::law::Law;

/// The e-process of one key.
pub(crate) enum EProcess {
    Green(GreenEProcess),
    Gumbel(GumbelEProcess),
    /// Bets in proportion to weights.
    Weighted(Box<WeightedEProcess>),
    /// Not asked for, or not defined: for tournament bits.
    None,
}

/// What a test needs to know of some cells.
#[derive(Clone)]
pub(crate) struct Sums {
    /// By part of the mark, and by level of weight.
    pub(crate) parts: Vec<[LevelSums; LEVELS]>,
    /// For the unweighted e-process of Gumbel scores only.
    pub(crate) log_reciprocal: u64,
}

impl EProcess {
    /// The process for scores of this law, of parts with these weights. Several parts are bet on in proportion to their
    /// weights, like levels.
    pub(crate) fn new(
        law: Law,
        parts: &[u32],
        weights: Option<&WindowWeights>,
    ) -> Result<Self, EProcessError> {
        if weights.is_some() || parts.len() > 1 {
            let levels = weights.map_or(UNWEIGHTED, WindowWeights::of_levels);
            let of_part = |&part: &u32| levels.map(|level| u32::from(level) * part);
            let all: Vec<u32> = parts.iter().flat_map(of_part).collect();
            let process = WeightedEProcess::new(law, &all)?;
            return Ok(process.map_or(Self::None, |process| Self::Weighted(Box::new(process))));
        }
        Ok(match law {
            Law::Exponential => Self::Gumbel(GumbelEProcess::new()),
            Law::Bernoulli { threshold } => Self::Green(GreenEProcess::new(threshold)?),
            Law::Bits { .. } => Self::None,
        })
    }

    /// Whether it uses [`Sums::log_reciprocal`].
    pub(crate) fn needs_log_reciprocal(&self) -> bool {
        matches!(self, Self::Gumbel(_))
    }

    /// Looks, with what came since the last look.
    pub(crate) fn look(&mut self, sums: &Sums) -> Result<(), EProcessError> {
        match self {
            Self::Green(process) => process.observe(sums.score(), sums.cells()).map(drop),
            Self::Gumbel(process) => process
                .observe(GumbelSums {
                    cells: sums.cells(),
                    score: sums.score(),
                    log_reciprocal: sums.log_reciprocal,
                })
                .map(drop),
            Self::Weighted(process) => process.observe(sums.parts.as_flattened()).map(drop),
            Self::None => Ok(()),
        }
    }

    /// The p-value, the supremum and log10 E at the end; nothing without a process.
    pub(crate) fn result(&self) -> Option<(Log10P, Checkpoint, Log10E)> {
        Some(match self {
            Self::Green(process) => (process.p_value(), process.supremum(), process.log10_e()),
            Self::Gumbel(process) => (process.p_value(), process.supremum(), process.log10_e()),
            Self::Weighted(process) => (process.p_value(), process.supremum(), process.log10_e()),
            Self::None => return None,
        })
    }
}

/// Without weights all cells are of level 0.
const UNWEIGHTED: [u16; LEVELS] = {
    let mut levels = [0; LEVELS];
    levels[0] = 1;
    levels
};

impl Sums {
    /// Nothing of so many parts.
    pub(crate) fn new(parts: usize) -> Self {
        Self {
            parts: vec![[LevelSums::default(); LEVELS]; parts],
            log_reciprocal: 0,
        }
    }

    /// Adds what came of other cells.
    pub(crate) fn add(&mut self, more: &Self) {
        let pairs = self.parts.iter_mut().zip(&more.parts);
        for (level, more) in pairs.flat_map(|(levels, more)| levels.iter_mut().zip(more)) {
            level.cells += more.cells;
            level.score += more.score;
        }
        self.log_reciprocal += more.log_reciprocal;
    }

    /// Cells of all levels.
    fn cells(&self) -> u64 {
        self.parts[0].iter().map(|level| level.cells).sum()
    }

    /// Scores of all levels and parts.
    fn score(&self) -> u64 {
        let levels = self.parts.iter().flatten();
        levels.map(|level| level.score).sum()
    }
}
