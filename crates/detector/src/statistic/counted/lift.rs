//! The expected lift of a cell's score, if the suspect followed the marked choice at its window.

/// What one cell's weight depends on.
#[derive(Clone, Copy, Debug)]
pub(in crate::statistic) struct Counts {
    /// c: how often the suspect produced the cell.
    pub(in crate::statistic) produced: f64,
    /// n: how often it was at the window.
    pub(in crate::statistic) visits: f64,
    /// P̂: how likely the cell is without the mark.
    pub(in crate::statistic) probability: f64,
    /// ρ: the share of the harvest in what the suspect learned after this window, 0 < ρ < 1.
    pub(in crate::statistic) share: f64,
}

/// The largest ρ that a posterior takes at its word.
const MOST: f64 = 0.95;

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
pub(in crate::statistic) fn posterior(counts: Counts) -> f64 {
    let Counts {
        produced,
        visits,
        share,
        ..
    } = counts;
    let p = clamped(counts.probability);
    let share = share.min(MOST);
    let others = 1.0 - share;
    let followed = libm::log((share + others * p) / (others * p));
    let not = libm::log(others * (1.0 - p) / (1.0 - others * p));
    let log_odds = libm::log(p / (1.0 - p)) + produced * followed + (visits - produced) * not;
    let chance = 1.0 / (1.0 + libm::exp(-log_odds.clamp(-700.0, 700.0)));
    (chance - p) * slope(p)
}

/// (H(1/p) − 1)/(1 − p): the lift of the marked choice over the mean of all, by how unlikely it was not to be this token.
pub(in crate::statistic) fn slope(probability: f64) -> f64 {
    let p = clamped(probability);
    (harmonic(1.0 / p) - 1.0) / (1.0 - p)
}

fn clamped(probability: f64) -> f64 {
    probability.clamp(1e-6, 0.999)
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

    fn weight(produced: f64, visits: f64, probability: f64, share: f64) -> f64 {
        posterior(Counts {
            produced,
            visits,
            probability,
            share,
        })
    }

    /// By hand for n = 2, c = 2, p = ½, ρ = ½: odds 1·(¾/¼)² = 9, π = 0.9, lift (0.9 − ½)·(H(2) − 1)/½ = 0.4.
    #[test]
    fn a_posterior_is_the_expected_lift() {
        let lift = weight(2.0, 2.0, 0.5, 0.5);
        assert!((lift - 0.4).abs() < 1e-6, "{lift}");
        let none = weight(0.0, 2.0, 0.5, 0.5);
        assert!((none + 0.4).abs() < 1e-6, "{none}");
    }

    #[test]
    fn a_posterior_is_the_residual_times_the_share_where_that_is_small() {
        for (c, n, p) in [(3.0, 40.0, 0.05), (0.0, 10.0, 0.2), (1.0, 1.0, 0.01)] {
            let share = 1e-5;
            let linear = share * (c - n * p) * slope(p);
            assert!(
                (weight(c, n, p, share) / linear - 1.0).abs() < 1e-2,
                "{c} {n} {p}"
            );
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
    fn lifts_stay_finite_and_bounded() {
        for share in [1e-6, 0.3, 1.0] {
            for p in [0.0, 1e-9, 0.5, 1.0] {
                for (c, n) in [(0.0, 1e6), (1.0, 1.0), (1e6, 1e6)] {
                    let lift = weight(c, n, p, share);
                    assert!(lift.abs() < 14.0, "{lift}");
                }
            }
        }
    }
}
