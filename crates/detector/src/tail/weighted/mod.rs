//! Upper tails of weighted sums of scores: `P(Σ weight·score ≥ sum)`.
//!
//! Weights are whole numbers of either sign. Three certified bounds of the same probability are
//! computed and the smallest is the result; as each of them bounds one and the same number, taking
//! the smallest is no selection. Derivations, assumptions and the error budget are in
//! `docs/tests/weighted-tails.md`.

mod chernoff;
mod cumulant;
mod grid;
mod group;
mod histogram;
mod problem;
mod saddle;

use hallmark_core::law::Law;
use serde::{Deserialize, Serialize};

use super::double_word::DoubleWord;
use super::enclosure::log10_p_up;
use super::error::TailError;
use super::log10::Log10P;
use super::{ln_binomial_upper, ln_gamma_upper};
pub use group::{Group, MAX_WEIGHT};
pub use histogram::group_weights;
use problem::{Part, Problem, Reduced};

/// An upper bound of a weighted tail, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WeightedTail {
    /// log10 of the bound.
    pub log10_p: Log10P,
    /// Which bound was the smallest.
    pub method: Method,
}

/// How a weighted tail was bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Method {
    /// Exactly: nothing is random, or one weight only, so that the unweighted tails apply.
    Exact,
    /// Chernoff's bound.
    Chernoff,
    /// Convolution on a grid under an exponential tilt, outcomes rounded up.
    Grid,
    /// The normal law under an exponential tilt, with a Berry–Esseen remainder.
    SaddlePoint,
}

/// Upper bound of `P(Σ weight·score ≥ sum)` over independent cells.
///
/// Scores are in the law's integer unit ([`Law::unit`]), so `sum` is a whole number. Groups may come in any
/// order and share weights.
///
/// Under [`Law::Exponential`] a cell of **positive** weight contributes weight × [`Law::score`], which is
/// rounded down. A cell of **negative** weight must contribute weight × ([`Law::score`] +
/// [`MAX_DEFICIT`](hallmark_core::score::MAX_DEFICIT)), so that its contribution is rounded down as well.
/// That words are whole numbers, so that no score exceeds 32 ln 2, favours the accuser where the weight is
/// negative; it is allowed for here.
///
/// The excess over the true log10 p is below 0.03 for up to 64 weights and p down to 1e-700; without any rounding where
/// the sums of counts fit a grid of about 10⁵ points, or are few. Thousands of different weights cost more, see
/// `docs/tests/weighted-tails.md`; quantise them first. A sum of negative Gumbel weights over more than 10⁸ cells is
/// bounded less tightly. A sum below the smallest possible one has p = 1.
///
/// Time: microseconds where the saddle-point bound is within 0.02 (ten standard deviations and 10⁷ cells, say),
/// otherwise some milliseconds to some tenths of a second. The result is the same bytes on every machine and for
/// any number of threads.
///
/// # Errors
/// A weight above [`MAX_WEIGHT`], more than [`MAX_CELLS`](super::MAX_CELLS) cells or bits, a green threshold
/// of 0, or a sum that the groups cannot reach.
///
/// ```
/// use hallmark_core::law::Law;
/// use hallmark_detector::tail::{Group, weighted_upper};
/// // Three cells of weight 2 and one of weight −1, half of all words green: 6 only if the three are green and
/// // the last is not.
/// let groups = [Group { weight: 2, cells: 3 }, Group { weight: -1, cells: 1 }];
/// let tail = weighted_upper(Law::Bernoulli { threshold: 1 << 31 }, &groups, 6)?;
/// assert_eq!(tail.log10_p.to_string(), "6.3e-2");
/// # Ok::<(), hallmark_detector::tail::TailError>(())
/// ```
pub fn weighted_upper(law: Law, groups: &[Group], sum: i128) -> Result<WeightedTail, TailError> {
    let (ln_p, method) = match problem::reduce(law, groups, sum)? {
        Reduced::Certain => (DoubleWord::ZERO, Method::Exact),
        Reduced::Open(problem) => match exactly(&problem) {
            Some(ln_p) => (ln_p, Method::Exact),
            None => smallest(&problem),
        },
    };
    Ok(WeightedTail {
        log10_p: log10_p_up(ln_p),
        method,
    })
}

/// Chernoff's bound alone, for scores of which earlier ones may depend on later ones as those of one green list do:
/// negatively associated, so that the mean of a product of rising functions is at most the product of their means
/// (Joag-Dev and Proschan 1983). Weights must not be negative (`docs/tests/marks.md`).
///
/// # Errors
/// As for [`weighted_upper`]; and a negative weight.
pub fn weighted_upper_of_lists(
    law: Law,
    groups: &[Group],
    sum: i128,
) -> Result<WeightedTail, TailError> {
    if let Some(group) = groups.iter().find(|group| group.weight < 0) {
        return Err(TailError::NegativeWeight {
            weight: group.weight,
        });
    }
    let ln_p = match problem::reduce(law, groups, sum)? {
        Reduced::Certain => DoubleWord::ZERO,
        Reduced::Open(problem) => chernoff::ln_bound(&problem, chernoff::best_tilt(&problem)),
    };
    Ok(WeightedTail {
        log10_p: log10_p_up(ln_p),
        method: Method::Chernoff,
    })
}

/// One positive weight, or the largest possible sum.
fn exactly(problem: &Problem) -> Option<DoubleWord> {
    match problem.parts[..] {
        [
            Part::Binomial {
                trials, success, ..
            },
        ] => {
            // One part's weights were divided down to 1.
            let count = u64::try_from(problem.target).ok()?;
            Some(ln_binomial_upper(trials, count, success))
        }
        [Part::Gamma { weight, cells }] if weight > 0 => {
            let units = DoubleWord::from(problem.target.unsigned_abs());
            let nats = (units / DoubleWord::from(weight.unsigned_abs())).scale(-24);
            // The quotient's relative error is below 2⁻¹⁰⁰.
            Some(ln_gamma_upper(cells, nats - nats.scale(-98)))
        }
        _ if problem.room == Some(DoubleWord::ZERO) => Some(ln_all_successes(&problem.parts)),
        _ => None,
    }
}

/// Σ trials·ln p, rounded up.
fn ln_all_successes(parts: &[Part]) -> DoubleWord {
    let mut sum = DoubleWord::ZERO;
    for part in parts {
        if let Part::Binomial {
            trials, success, ..
        } = *part
        {
            let ln = DoubleWord::from(success).ln() - DoubleWord::LN_2 * DoubleWord::from(32.0);
            sum = sum + DoubleWord::from(trials) * ln;
        }
    }
    // ln p ≤ −2⁻³² is the difference of numbers below 23 with a relative error of 2⁻⁹⁸.
    sum - sum.scale(-55)
}

/// The share of the saddle-point bound that a convolution must be able to save: 0.02 in log10.
const WORTH: f64 = 0.046;

/// The smallest of the bounds.
fn smallest(problem: &Problem) -> (DoubleWord, Method) {
    let tilt = chernoff::best_tilt(problem);
    let exponent = chernoff::ln_exponent(problem, tilt);
    let accidents = chernoff::accidents(problem, tilt);
    let at = |factor: f64| exponent + DoubleWord::from((factor + accidents).next_up()).ln();

    let saddle = saddle::bound(problem, tilt);
    let mut best = (chernoff::ln_bound(problem, tilt), Method::Chernoff);
    let mut candidates = vec![(at(saddle.factor), Method::SaddlePoint)];
    if saddle.doubt > WORTH * saddle.factor
        && let Some(factor) = grid::bound(problem, tilt)
    {
        candidates.push((at(factor), Method::Grid));
    }
    for candidate in candidates {
        debug_assert!(!candidate.0.to_f64().is_nan());
        if (candidate.0 - best.0).is_negative() {
            best = candidate;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(law: Law, groups: &[(i64, u64)], sum: i128) -> WeightedTail {
        let groups: Vec<Group> = groups
            .iter()
            .map(|&(weight, cells)| Group { weight, cells })
            .collect();
        weighted_upper(law, &groups, sum).unwrap()
    }

    /// One weight, and the largest sum.
    #[test]
    fn what_needs_no_bound_is_exact() {
        let quarter = Law::Bernoulli { threshold: 1 << 30 };
        let near = |tail: WeightedTail, log10: f64| {
            assert_eq!(tail.method, Method::Exact);
            let value = tail.log10_p.value();
            assert!(
                value >= log10 * (1.0 + 1e-12) && (value - log10).abs() < 1e-9 * (1.0 - log10),
                "{value} {log10}"
            );
        };
        // Three or more of four; 3·X ≥ 7 and 3·X ≥ 9 are one question.
        let some = ((4.0 * 3.0 + 1.0) / 256.0_f64).log10();
        near(found(quarter, &[(3, 4)], 9), some);
        near(found(quarter, &[(3, 4)], 7), some);
        // One or none of four.
        near(
            found(quarter, &[(-3, 4)], -3),
            ((81.0 + 4.0 * 27.0) / 256.0_f64).log10(),
        );
        // Gamma(2, 1) ≥ 5.
        near(
            found(Law::Exponential, &[(3, 2)], 15 << 24),
            (6.0 * (-5_f64).exp()).log10(),
        );
        near(
            found(quarter, &[(2, 10), (3, 10)], 50),
            -20.0 * 4_f64.log10(),
        );
        near(
            found(quarter, &[(2, 10), (-3, 10)], 20),
            -10.0 * 4_f64.log10() + 10.0 * 0.75_f64.log10(),
        );
        for (groups, sum) in [(&[(2, 10), (3, 10)][..], 49), (&[(-3, 10)], -1)] {
            let law = if sum < 0 { Law::Exponential } else { quarter };
            assert_ne!(found(law, groups, sum).method, Method::Exact, "{groups:?}");
        }
    }

    /// What top words of negative weights may do is in every bound.
    #[test]
    fn accidents_are_added() {
        let groups =
            [(-1, 100_000_000), (2, 1_000_000)].map(|(weight, cells)| Group { weight, cells });
        let mean = -98_000_000_i128 << 24;
        let reduced = problem::reduce(Law::Exponential, &groups, mean + (60_000 << 24));
        let Ok(Reduced::Open(problem)) = reduced else {
            panic!("the sum is neither certain nor impossible");
        };
        let tilt = chernoff::best_tilt(&problem);
        let accidents = chernoff::accidents(&problem, tilt);
        let factor = saddle::bound(&problem, tilt).factor;
        assert!(accidents > 1e-3 * factor);
        let expected = chernoff::ln_exponent(&problem, tilt).to_f64() + (factor + accidents).ln();
        let (found, method) = smallest(&problem);
        assert_eq!(method, Method::SaddlePoint);
        assert!(
            (found.to_f64() - expected).abs() < 1e-9,
            "{} {expected}",
            found.to_f64()
        );
    }

    #[test]
    fn lists_take_no_negative_weight() {
        let quarter = Law::Bernoulli { threshold: 1 << 30 };
        let group = |weight| Group { weight, cells: 30 };
        assert!(weighted_upper_of_lists(quarter, &[group(0), group(2)], 40).is_ok());
        let refused = weighted_upper_of_lists(quarter, &[group(2), group(-1)], 10);
        assert!(matches!(
            refused,
            Err(TailError::NegativeWeight { weight: -1 })
        ));
        let found = weighted_upper_of_lists(quarter, &[group(1), group(2)], 60).unwrap();
        let smallest = weighted_upper(quarter, &[group(1), group(2)], 60).unwrap();
        assert!(found.method == Method::Chernoff && found.log10_p > smallest.log10_p);
        assert!(found.log10_p.value() < smallest.log10_p.value() + 2.0);
    }

    /// Each bound is valid, and the one that is reported is no larger than Chernoff's.
    #[test]
    fn the_smallest_bound_is_taken() {
        for cells in [1, 2, 5, 40, 1000] {
            for weights in [[1, 3], [7, 8], [1, 1000]] {
                let groups = weights.map(|weight| Group { weight, cells });
                let most: i128 = weights
                    .iter()
                    .map(|&weight| i128::from(weight) * i128::from(cells))
                    .sum();
                for (law, unit) in [
                    (Law::Bernoulli { threshold: 1 << 30 }, 1),
                    (Law::Exponential, 1 << 24),
                ] {
                    for share in [0.3, 0.6, 0.9, 1.5] {
                        let sum = (most as f64 * share) as i128 * unit;
                        let Ok(Reduced::Open(problem)) = problem::reduce(law, &groups, sum) else {
                            continue;
                        };
                        let chernoff = chernoff::ln_bound(&problem, chernoff::best_tilt(&problem));
                        let (bound, _) = smallest(&problem);
                        assert!(
                            !(chernoff - bound).is_negative(),
                            "{law:?} {groups:?} {sum}"
                        );
                    }
                }
            }
        }
    }
}
