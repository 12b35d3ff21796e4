//! Exact enumeration of the sums of a few counts, wherever they lie.

use super::super::problem::{Part, Problem};
use super::convolve::Convolution;
use super::count_masses;
use super::masses::{Masses, Origin};

/// Sums that are listed at most.
const SUMS: usize = 1 << 16;

/// `E_θ[e^(−θ(S − s)); S ≥ s]`, rounded up, or nothing where there are too many sums to list.
pub(super) fn bound(problem: &Problem, tilt: f64) -> Option<f64> {
    let mut most = 1_usize;
    let mut parts = Vec::with_capacity(problem.parts.len());
    for &part in &problem.parts {
        let Part::Binomial {
            weight,
            trials,
            success,
        } = part
        else {
            return None;
        };
        // A step of one weight: every number of successes has its own index.
        if trials > SUMS as u64 {
            return None;
        }
        let masses = count_masses::masses(weight, trials, success, tilt, weight);
        most = most.saturating_mul(masses.mass.len());
        if most > SUMS {
            return None;
        }
        parts.push((weight as i64, masses));
    }
    let mut law = vec![(0_i64, 1.0)];
    let mut from = problem.target;
    let mut operations = 0;
    for (weight, masses) in &parts {
        law = convolved(&law, *weight, masses);
        operations += masses.mass.len() + 2;
        if let Origin::Whole(origin) = masses.origin {
            from -= origin;
        }
    }
    let reached = law.iter().filter(|(sum, _)| i128::from(*sum) >= from);
    let sum: f64 = reached
        .map(|&(sum, mass)| mass * libm::exp(-tilt * (i128::from(sum) - from) as f64))
        .sum();
    let error = sum * (operations + law.len()) as f64 * f64::EPSILON;
    let parts = parts.iter().map(|(_, masses)| masses);
    Some(Convolution { sum, error }.altogether(parts))
}

/// All sums with the next part, in ascending order and each once.
fn convolved(law: &[(i64, f64)], weight: i64, masses: &Masses) -> Vec<(i64, f64)> {
    let mut all: Vec<(i64, f64)> = (masses.start..)
        .zip(&masses.mass)
        .flat_map(|(k, &mass)| {
            law.iter()
                .map(move |&(sum, p)| (sum + k * weight, p * mass))
        })
        .collect();
    all.sort_by_key(|&(sum, _)| sum);
    all.dedup_by(|next, first| {
        let same = next.0 == first.0;
        if same {
            first.1 += next.1;
        }
        same
    });
    all
}

#[cfg(test)]
mod tests {
    use super::super::super::super::double_word::DoubleWord;
    use super::super::super::problem::rates;
    use super::*;

    /// Two or three counts, sum by sum.
    #[test]
    fn it_is_what_listing_every_outcome_gives() {
        for (counts, target, tilt) in [
            (vec![(1, 3, 1_u64 << 31), (5, 4, 1 << 30)], 9, 0.3),
            (
                vec![(2, 5, 3 << 30), (3, 5, 1 << 29), (1000, 2, 1 << 31)],
                1011,
                0.01,
            ),
            (vec![(1, 1, 1 << 31), (2, 1, 1 << 31)], 3, 0.0),
        ] {
            let parts: Vec<Part> = counts
                .iter()
                .map(|&(weight, trials, success)| Part::Binomial {
                    weight,
                    trials,
                    success,
                })
                .collect();
            let mut law = vec![(0_i128, 1.0)];
            for &(weight, trials, success) in &counts {
                for _ in 0..trials {
                    let (p, q) = rates(success);
                    let grown = p * libm::exp(tilt * weight as f64);
                    let total = grown + q;
                    law = law
                        .iter()
                        .flat_map(|&(sum, mass)| {
                            [
                                (sum, mass * q / total),
                                (sum + i128::from(weight), mass * grown / total),
                            ]
                        })
                        .collect();
                }
            }
            let reached = law.iter().filter(|(sum, _)| *sum >= target);
            let exact: f64 = reached
                .map(|(sum, mass)| mass * libm::exp(-tilt * (sum - target) as f64))
                .sum();
            let problem = Problem {
                parts,
                target,
                excess: DoubleWord::ZERO,
                room: None,
            };
            let found = bound(&problem, tilt).unwrap();
            assert!(
                found >= exact * (1.0 - 1e-13) && found <= exact * (1.0 + 1e-10),
                "{found} {exact}"
            );
        }
    }

    #[test]
    fn what_is_too_long_or_no_count_is_left_to_the_grid() {
        let problem = |parts: Vec<Part>| Problem {
            parts,
            target: 10,
            excess: DoubleWord::ZERO,
            room: None,
        };
        let count = |weight, trials| Part::Binomial {
            weight,
            trials,
            success: 1 << 31,
        };
        assert!(bound(&problem(vec![count(1, 1 << 16)]), 0.0).is_some());
        assert!(bound(&problem(vec![count(1, (1 << 16) + 1)]), 0.0).is_none());
        // 40³ sums and 41³: of so few trials none is negligible.
        let three = |trials| problem([1, 3, 5].map(|weight| count(weight, trials)).to_vec());
        assert!(bound(&three(39), 0.0).is_some());
        assert!(bound(&three(40), 0.0).is_none());
        assert!(
            bound(
                &problem(vec![Part::Gamma {
                    weight: 1,
                    cells: 1
                }]),
                0.0
            )
            .is_none()
        );
    }
}
