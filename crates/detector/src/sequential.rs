//! T3: the e-process that fits the law of the scores and the plan.

use crate::eprocess::{
    Checkpoint, EProcessError, GreenEProcess, GumbelEProcess, GumbelSums, WeightedEProcess,
};
use crate::examination::{ExaminationError, Seen};
use crate::finding::{Finding, Test};
use crate::tail::{Log10E, Log10P};
use crate::tally::{Sums, Tally};
use crate::weights::WindowWeights;
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

/// The finding of T3 under one key.
pub(crate) fn finding(seen: &Seen<'_>, key: &Tally) -> Result<Option<Finding>, ExaminationError> {
    let Some((log10_p, supremum, log10_e)) = key.eprocess.result() else {
        return Ok(None);
    };
    let finding = Finding {
        statistic: supremum.log10_e.value(),
        supremum: Some(supremum),
        log10_e: Some(log10_e),
        ..seen.finding(Test::T3, key, log10_p)
    };
    Ok(Some(match &key.eprocess {
        EProcess::Weighted(_) => seen.weighted(finding, key),
        _ => finding,
    }))
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

    fn result(&self) -> Option<(Log10P, Checkpoint, Log10E)> {
        Some(match self {
            Self::Green(process) => (process.p_value(), process.supremum(), process.log10_e()),
            Self::Gumbel(process) => (process.p_value(), process.supremum(), process.log10_e()),
            Self::Weighted(process) => (process.p_value(), process.supremum(), process.log10_e()),
            Self::None => return None,
        })
    }
}
