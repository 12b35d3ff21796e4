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
#[derive(Clone, Copy, Default)]
pub(crate) struct Sums {
    pub(crate) levels: [LevelSums; LEVELS],
    /// For the unweighted e-process of Gumbel scores only.
    pub(crate) log_reciprocal: u64,
}

impl EProcess {
    /// The process for scores of this law.
    pub(crate) fn new(law: Law, weights: Option<&WindowWeights>) -> Result<Self, EProcessError> {
        if let Some(weights) = weights {
            let process = WeightedEProcess::new(law, &weights.of_levels())?;
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
            Self::Weighted(process) => process.observe(&sums.levels).map(drop),
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

impl Sums {
    /// Cells of all levels.
    pub(crate) fn cells(&self) -> u64 {
        self.levels.iter().map(|level| level.cells).sum()
    }

    /// Scores of all levels.
    pub(crate) fn score(&self) -> u64 {
        self.levels.iter().map(|level| level.score).sum()
    }
}
