//! A mixture of bets, and its E for sums over cells.

use super::grid;
use crate::arithmetic::mark::{Law, Mark};
use crate::arithmetic::numbers::Double;
use crate::arithmetic::tail::LATTICE;

/// A mixture: the mean over families, each the mean of its products.
pub(crate) struct Process {
    families: Vec<Vec<Vec<Double>>>,
    pub(super) kind: Kind,
}

/// Which sums over cells a process goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Green cells, and others.
    Green,
    /// −ln U and scores in units, and cells.
    Gumbel,
    /// For each weight the sum of scores (of counts: green words) and how many words there are otherwise (of counts: others).
    Weighted(Vec<u16>),
}

impl Process {
    /// Plain bets; `None` where the scheme has none.
    pub(crate) fn plain(mark: &Mark) -> Option<Self> {
        match mark.law {
            Law::Below(threshold) => Some(Self {
                families: vec![
                    grid::rates(threshold)
                        .map(|rate| grid::hit_and_miss(rate, threshold))
                        .collect(),
                ],
                kind: Kind::Green,
            }),
            Law::Exponential => Some(Self {
                families: vec![
                    grid::exponents()
                        .map(|(x, a)| vec![-x.scale(-24), Double::ZERO, a.ln()])
                        .collect(),
                    grid::exponents()
                        .map(|(x, a)| vec![Double::ZERO, (x / a).scale(-24), -a.ln()])
                        .collect(),
                ],
                kind: Kind::Gumbel,
            }),
            Law::Ones(_) => None,
        }
    }

    /// Bets in proportion to these weights, none of them 0, of which the heaviest that there could be is `heaviest`.
    pub(crate) fn weighted(mark: &Mark, weights: Vec<u16>, heaviest: u16) -> Option<Self> {
        let share = |weight: u16| {
            Double::from(f64::from(weight)) / Double::from(f64::from(heaviest.max(1)))
        };
        let products: Vec<Vec<Double>> = match mark.law {
            Law::Below(threshold) => {
                let of = |rate: u64| {
                    let lead = u128::from(rate - threshold);
                    let bet = |&weight: &u16| {
                        // r = γ + Δ·ω/ω_max in 2⁻³², rounded down: whole numbers throughout.
                        let more = lead * u128::from(weight) / u128::from(heaviest.max(1));
                        let rate = (threshold + more as u64).min(LATTICE - 1);
                        grid::hit_and_miss(rate, threshold)
                    };
                    weights.iter().flat_map(bet).collect()
                };
                grid::rates(threshold).map(of).collect()
            }
            Law::Exponential => {
                let of = |(x, a): (Double, Double)| {
                    let bet = |&weight: &u16| {
                        let theta = x / a * share(weight);
                        [theta.scale(-24), (Double::ONE - theta).ln()]
                    };
                    weights.iter().flat_map(bet).collect()
                };
                grid::exponents().map(of).collect()
            }
            Law::Ones(_) => return None,
        };
        Some(Self {
            families: vec![products],
            kind: Kind::Weighted(weights),
        })
    }

    /// log10 E for these sums, in the order of [`Kind`].
    pub(in crate::arithmetic) fn log10_e(&self, sums: &[u64]) -> f64 {
        let sums: Vec<Double> = sums.iter().map(|&sum| Double::from(sum)).collect();
        let product = |slopes: &Vec<Double>| {
            let terms = slopes.iter().zip(&sums);
            terms.fold(Double::ZERO, |total, (&slope, &sum)| total + slope * sum)
        };
        let family =
            |products: &Vec<Vec<Double>>| mean(&products.iter().map(product).collect::<Vec<_>>());
        mean(&self.families.iter().map(family).collect::<Vec<_>>()).to_log10()
    }
}

/// ln of the mean of numbers of which these are the logarithms.
pub(crate) fn mean(logs: &[Double]) -> Double {
    let Some(&first) = logs.first() else {
        return Double::ZERO;
    };
    let most = logs
        .iter()
        .fold(first, |most, &log| if log > most { log } else { most });
    let sum: f64 = logs.iter().map(|&log| (log - most).to_f64().exp()).sum();
    most + Double::from((sum / logs.len() as f64).ln())
}
