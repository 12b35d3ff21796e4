//! A weight's share of a sum of counts, and its moments.

use super::super::numbers::Double;
use super::super::tail::LATTICE;

/// Trials that share a weight above 0 and a chance rate/2³².
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) weight: u64,
    pub(super) trials: u64,
    pub(super) rate: u64,
}

impl Part {
    pub(super) fn most(&self) -> i128 {
        i128::from(self.weight) * i128::from(self.trials)
    }

    pub(super) fn mean(&self) -> f64 {
        self.most() as f64 * self.chance()
    }

    /// Of failures.
    pub(super) fn turned(&self) -> Self {
        Self {
            rate: LATTICE - self.rate,
            ..*self
        }
    }

    fn chance(&self) -> f64 {
        self.rate as f64 / LATTICE as f64
    }

    /// The chance under the tilt θ.
    pub(super) fn tilted(&self, theta: f64) -> f64 {
        let odds = (LATTICE - self.rate) as f64 / self.rate as f64;
        1.0 / (1.0 + odds * (-theta * self.weight as f64).exp())
    }

    pub(super) fn variance(&self, theta: f64) -> f64 {
        let (weight, chance) = (self.weight as f64, self.tilted(theta));
        weight * weight * self.trials as f64 * chance * (1.0 - chance)
    }

    /// ln E e^(θ·weight·B).
    pub(super) fn cumulant(&self, theta: f64) -> Double {
        let lattice = Double::from(LATTICE);
        let rise = Double::product(theta, self.weight as f64);
        let (chance, rest) = (
            Double::from(self.rate) / lattice,
            Double::from(LATTICE - self.rate) / lattice,
        );
        // e^rise is taken out, so that nothing overflows.
        let one = (chance + rest * (-rise).exp()).ln() + rise;
        one * Double::from(self.trials)
    }
}
