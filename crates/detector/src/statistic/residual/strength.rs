//! T2r's weights, how much a residual counts: bounded, since a few frequent cells would otherwise outweigh all.

use crate::finding::Leaning;
use crate::statistic::counted::lift::{Counts, posterior};
use hallmark_core::law::Law;

/// A form of the weights. Both are made, each at half the level, since no form by itself suits every suspect: one that learned its text by heart
/// follows the marked choice wherever the harvest outweighs the rest, a pretrained one leans towards it a little and follows it almost
/// nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// ψ/(1 + ψ), the slope of the likelihood ratio of a score with mean 1 + ψ; ψ is the expected lift of the score if the suspect followed the
    /// marked choice with the window's ρ.
    Posterior,
    /// ρ·(c − m)/(c + m + 2): the same for small ρ, where there is no control sample to say how likely each token is, or the scheme makes no
    /// one choice for a window.
    Relative,
    /// ω·(c − m)/(c + m + 10), ω the share of the harvest without a background: counts of a real model spread more than P̂ says.
    Leaning,
}

/// Counts below which a relative residual is damped.
const DAMPING: f64 = 2.0;

/// The same where the suspect only leans.
const DAMPING_LEANING: f64 = 10.0;

impl Strength {
    /// The form for a suspect that behaves so.
    pub(super) fn of(leaning: Leaning, law: Law, reference: bool) -> Self {
        match (leaning, law) {
            (Leaning::Lean, _) => Self::Leaning,
            (Leaning::Follow, Law::Exponential) if reference => Self::Posterior,
            (Leaning::Follow, _) => Self::Relative,
        }
    }

    /// The weight of a cell, of either sign; at most 1 in size. Only `libm` and basic operations: the same on every
    /// machine.
    pub(super) fn weight(self, counts: Counts) -> f64 {
        let mean = counts.visits * counts.probability;
        let relative =
            |damping| counts.share * (counts.produced - mean) / (counts.produced + mean + damping);
        match self {
            Self::Posterior => {
                let lift = posterior(counts);
                lift / (1.0 + lift)
            }
            Self::Relative => relative(DAMPING),
            Self::Leaning => relative(DAMPING_LEANING),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(produced: f64, visits: f64, probability: f64, share: f64) -> Counts {
        Counts {
            produced,
            visits,
            probability,
            share,
        }
    }

    #[test]
    fn relative_residuals_are_signed_and_bounded() {
        let weight = |c, n, p, share| Strength::Relative.weight(counts(c, n, p, share));
        assert_eq!(weight(3.0, 10.0, 0.1, 1.0), 2.0 / 6.0);
        assert_eq!(weight(3.0, 10.0, 0.1, 0.5), 1.0 / 6.0);
        assert_eq!(weight(0.0, 10.0, 0.2, 1.0), -2.0 / 4.0);
        assert!(weight(1e9, 1e9, 0.0, 1.0) <= 1.0);
        let leaning = Strength::Leaning.weight(counts(3.0, 10.0, 0.1, 0.5));
        assert_eq!(leaning, 1.0 / 14.0);
    }

    /// By hand for n = 2, c = 2, p = ½, ρ = ½: the lift is 0.4.
    #[test]
    fn a_posterior_counts_by_the_slope_of_its_likelihood_ratio() {
        let weight = |c| Strength::Posterior.weight(counts(c, 2.0, 0.5, 0.5));
        assert!((weight(2.0) - 0.4 / 1.4).abs() < 1e-6);
        assert!((weight(0.0) + 0.4 / 0.6).abs() < 1e-6);
    }
}
