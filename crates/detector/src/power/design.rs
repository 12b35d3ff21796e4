//! A test that is to be planned, and how many cells it needs.

use super::PowerError;
use crate::interval::{self, Sides};
use hallmark_core::law::Law;
use statrs::distribution::{ContinuousCDF, Normal};

/// A test that is to be planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// How a cell is scored.
    pub law: Law,
    /// By how much the mark lifts the mean of a trial above the null's: the green rate, the mean
    /// score in nats, or the rate of one bits.
    pub lift: f64,
    /// The level: the largest p-value that counts as a finding.
    pub alpha: f64,
    /// How often a mark of that lift is to be found.
    pub power: f64,
}

/// How many cells a design needs, and what is reached with them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleSize {
    /// Distinct fresh cells.
    pub cells: u64,
    /// The same by the normal approximation.
    pub normal_cells: f64,
    /// The smallest statistic over that many cells whose p-value is at most the level: green cells,
    /// nats or one bits.
    pub critical: f64,
    /// The exact power with that many cells, rounded down.
    pub power: f64,
}

impl Design {
    /// Cells by the normal approximation, `[(z_α·σ₀ + z_β·σ₁)/lift]²`, σ₀ and σ₁ being the standard
    /// deviations of one trial under the null and under the mark.
    #[must_use]
    pub fn normal_cells(&self) -> f64 {
        let null = self.null_mean();
        let deviation = |mean: f64| match self.law {
            Law::Exponential => mean,
            Law::Bernoulli { .. } | Law::Bits { .. } => (mean * (1.0 - mean)).max(0.0).sqrt(),
        };
        let noise = upper_quantile(self.alpha) * deviation(null)
            + upper_quantile(1.0 - self.power) * deviation(null + self.lift);
        (noise / self.lift).powi(2) / self.law.trials() as f64
    }

    /// Mean of one trial under the null.
    pub(super) fn null_mean(&self) -> f64 {
        self.law.null_mean() / self.law.trials() as f64
    }

    /// Standard deviation of one trial whose mean is `mean`.
    pub(super) fn deviation(&self, mean: f64) -> f64 {
        match self.law {
            Law::Exponential => mean,
            Law::Bernoulli { .. } | Law::Bits { .. } => (mean * (1.0 - mean)).max(0.0).sqrt(),
        }
    }

    pub(super) fn check(&self) -> Result<(), PowerError> {
        let value = |field, found, allowed| {
            Err(PowerError::Value {
                field,
                found,
                allowed,
            })
        };
        if !(1e-300..=0.5).contains(&self.alpha) {
            return value("alpha", self.alpha, "above 0, at most 0.5");
        }
        if !(0.5..=0.999_999).contains(&self.power) {
            return value("power", self.power, "0.5 to 0.999999");
        }
        let most = match self.law {
            Law::Exponential => 21.0,
            Law::Bernoulli { .. } | Law::Bits { .. } => 1.0 - self.null_mean(),
        };
        if !(self.lift >= 1e-6 && self.lift < most) {
            let allowed = match self.law {
                Law::Exponential => "0.000001 to 21 nats",
                _ => "at least 0.000001, and with the null's rate below 1",
            };
            return value("lift", self.lift, allowed);
        }
        Ok(())
    }

    pub(super) fn ln_alpha(&self) -> f64 {
        interval::ln_level(self.alpha, Sides::Upper).expect("alpha was checked")
    }
}

impl SampleSize {
    /// Answers that are needed where `answers` of them held `scored` cells, if new cells keep coming at
    /// that rate. They come more slowly as answers repeat each other, so it is a lower bound.
    #[must_use]
    pub fn answers(&self, answers: u64, scored: u64) -> Option<u64> {
        (scored > 0).then(|| (self.cells as f64 * answers as f64 / scored as f64).ceil() as u64)
    }
}

/// The standard normal quantile that is exceeded with probability `tail`.
pub(super) fn upper_quantile(tail: f64) -> f64 {
    -Normal::standard().inverse_cdf(tail)
}
