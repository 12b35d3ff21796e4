//! T2r's ψ, how much a residual counts: bounded, since a few frequent cells would otherwise outweigh all.

use hallmark_core::law::Law;

/// The form of the weights, fixed by the scheme and by where expected counts come from.
///
/// Both are c − m, times the window's weight, where that is small. That sum by itself is at the mercy of the
/// few cells with large counts, whose residuals are large because windows do not say all that a model saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// The expected lift of the score if the harvest followed its window's one marked choice.
    Posterior,
    /// ω·(c − m)/(c + m + 2).
    Relative,
}

/// What one cell's weight depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    /// c: how often the suspect produced the cell.
    pub(super) produced: f64,
    /// n: how often it was at the window.
    pub(super) visits: f64,
    /// P̂: how likely the cell is without the mark.
    pub(super) probability: f64,
    /// ρ: the share of the harvest in what the suspect learned after this window, 0 < ρ < 1.
    pub(super) share: f64,
}

/// Counts below which a relative residual is damped.
const DAMPING: f64 = 2.0;

/// The largest ρ that a posterior takes at its word.
const MOST: f64 = 0.95;

impl Strength {
    /// A control sample tells how likely each token is, which the posterior needs; only a scheme that makes one
    /// choice for a window has one.
    pub(super) fn of(law: Law, reference: bool) -> Self {
        match law {
            Law::Exponential if reference => Self::Posterior,
            Law::Exponential | Law::Bernoulli { .. } | Law::Bits { .. } => Self::Relative,
        }
    }

    /// The weight of a cell, of either sign; at most about 14 in size. Only `libm` and basic operations: the
    /// same on every machine.
    pub(super) fn weight(self, counts: Counts) -> f64 {
        match self {
            Self::Posterior => posterior(counts),
            Self::Relative => {
                let mean = counts.visits * counts.probability;
                counts.share * (counts.produced - mean) / (counts.produced + mean + DAMPING)
            }
        }
    }
}

/// Gumbel marking makes one choice u* for a window, each token with its own probability p. If the suspect follows it
/// with probability ρ and else the unmarked model, the counts of its n visits give the odds that u is u*:
///
/// ```text
/// p/(1 − p) · ((ρ + (1−ρ)p) / ((1−ρ)p))^c · ((1−ρ)(1−p) / (1 − (1−ρ)p))^(n−c)
/// ```
///
/// The mean score of u* is the harmonic number H(1/p), that of all tokens together 1. So with π the
/// posterior chance, the expected lift of the score of u is (π − p)·(H(1/p) − 1)/(1 − p), which for small ρ
/// is (c − np)·ρ·(H(1/p) − 1)/(1 − p). The best weight of a score is its expected lift.
fn posterior(counts: Counts) -> f64 {
    let Counts {
        produced,
        visits,
        share,
        ..
    } = counts;
    let p = counts.probability.clamp(1e-6, 0.999);
    let share = share.min(MOST);
    let others = 1.0 - share;
    let followed = libm::log((share + others * p) / (others * p));
    let not = libm::log(others * (1.0 - p) / (1.0 - others * p));
    let log_odds = libm::log(p / (1.0 - p)) + produced * followed + (visits - produced) * not;
    let chance = 1.0 / (1.0 + libm::exp(-log_odds.clamp(-700.0, 700.0)));
    (chance - p) * (harmonic(1.0 / p) - 1.0) / (1.0 - p)
}

/// H(x) for x ≥ 1: H(x + 4) by Euler and Maclaurin, less 1/(x + 1) + … + 1/(x + 4); within 3e-7.
fn harmonic(x: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    let y = x + 4.0;
    let square = y * y;
    let steps: f64 = (1..=4).map(|step| 1.0 / (x + f64::from(step))).sum();
    libm::log(y) + EULER + 0.5 / y - 1.0 / (12.0 * square) + 1.0 / (120.0 * square * square) - steps
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
    }

    /// By hand for n = 2, c = 2, p = ½, ρ = ½: odds 1·(¾/¼)² = 9, π = 0.9, lift (0.9 − ½)·(H(2) − 1)/½ = 0.4.
    #[test]
    fn a_posterior_is_the_expected_lift() {
        let weight = Strength::Posterior.weight(counts(2.0, 2.0, 0.5, 0.5));
        assert!((weight - 0.4).abs() < 1e-6, "{weight}");
        let none = Strength::Posterior.weight(counts(0.0, 2.0, 0.5, 0.5));
        assert!((none + 0.4).abs() < 1e-6, "{none}");
    }

    #[test]
    fn a_posterior_is_the_residual_times_the_share_where_that_is_small() {
        for (c, n, p) in [(3.0, 40.0, 0.05), (0.0, 10.0, 0.2), (1.0, 1.0, 0.01)] {
            let share = 1e-5;
            let weight = Strength::Posterior.weight(counts(c, n, p, share));
            let linear = share * (c - n * p) * (harmonic(1.0 / p) - 1.0) / (1.0 - p);
            assert!((weight / linear - 1.0).abs() < 1e-2, "{weight} {linear}");
        }
    }

    #[test]
    fn harmonic_numbers_are_right() {
        for (x, exact) in [
            (1.0, 1.0),
            (2.0, 1.5),
            (4.0, 25.0 / 12.0),
            (10.0, 2.928_968_253_968_254),
        ] {
            assert!((harmonic(x) - exact).abs() < 3e-7, "{x}: {}", harmonic(x));
        }
    }

    #[test]
    fn weights_stay_finite_and_bounded() {
        for share in [1e-6, 0.3, 1.0] {
            for p in [0.0, 1e-9, 0.5, 1.0] {
                for (c, n) in [(0.0, 1e6), (1.0, 1.0), (1e6, 1e6)] {
                    let weight = Strength::Posterior.weight(counts(c, n, p, share));
                    assert!(weight.abs() < 14.0, "{weight}");
                }
            }
        }
    }
}
